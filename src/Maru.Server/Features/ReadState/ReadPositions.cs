using System.Data.Common;
using System.Threading.Channels;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Moves members' positions: what many readers send in one moment is one transaction, beside the path of messages. At most <see
/// cref="MostWaiting"/> members' moves wait, and <see cref="MostOfUser"/> of one user; further ones are refused. Far moves, which the store
/// must count for, come one after the other and one of each user, so that nobody waits for another's. Two loops; moves from any thread.
/// </summary>
internal sealed class ReadPositions(
    ChatEngine engine, PositionStore store, ReadStateStore states, MentionNewsStore mentions, Database database, TimeProvider time)
    : BackgroundService
{
    private const int MostWaiting = 100_000;
    private const int MostOfUser = 2000;        // rooms
    private const int Batch = 500;

    /// <summary>Between two batches, so that readers take little of the store's one writer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _some = new(0, 1);
    private readonly Channel<ReadMove> _farOnes = Channel.CreateUnbounded<ReadMove>();      // at most one of each user
    private readonly Dictionary<UserId, ReadMove> _far = [];        // those that have not begun. Under the gate, and so the next
    private Dictionary<(RoomId, UserId), ReadMove> _waiting = [];
    private Dictionary<UserId, int> _counts = [];       // of each user's moves that wait

    /// <summary>Moves a member's position; completes when it is durable (null), or with the reason why not.</summary>
    public Task<Problem?> MoveAsync(RoomId room, UserId user, ReadMark mark)
    {
        ReadMove? move;
        lock (_gate)
        {
            if (_waiting.TryGetValue((room, user), out move) || (_far.TryGetValue(user, out move) && move.Room == room))
            {
                move.Follow(mark);
                return move.Done;
            }

            if (_waiting.Count >= MostWaiting) return Task.FromResult<Problem?>(Problem.Unavailable);
            var count = _counts.GetValueOrDefault(user);
            if (count >= MostOfUser) return Task.FromResult<Problem?>(Problem.RateLimited);
            _counts[user] = count + 1;
            _waiting.Add((room, user), move = new ReadMove(room, user, mark));
            if (_waiting.Count == 1 && _some.CurrentCount == 0) _some.Release();
        }

        return move.Done;
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        engine.MarkRead = MoveAsync;
        engine.TellUnread(new UnreadReader(states.OfUserAsync, states.OfMembersAsync, mentions.ReadAsync));
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(MoveWaitingAsync(stoppingToken), MoveFarAsync(stoppingToken));

    private async Task MoveWaitingAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await _some.WaitAsync(stopping);
                foreach (var batch in Take().Chunk(Batch)) await MoveAsync(batch, store.MoveAsync);
                await Task.Delay(Pause, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            foreach (var move in Take()) move.Settle(Problem.ShuttingDown);
        }
    }

    private async Task MoveFarAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var move in _farOnes.Reader.ReadAllAsync(stopping))
            {
                lock (_gate) _far.Remove(move.User);
                await MoveAsync([move], store.MoveFarAsync);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            while (_farOnes.Reader.TryRead(out var move)) move.Settle(Problem.ShuttingDown);
        }
    }

    private void Postpone(ReadMove move)
    {
        bool waits;
        lock (_gate) waits = _far.Count < MostWaiting && _far.TryAdd(move.User, move);
        if (!waits || !_farOnes.Writer.TryWrite(move)) move.Settle(Problem.RateLimited);
    }

    private ReadMove[] Take()
    {
        lock (_gate)
        {
            ReadMove[] taken = [.. _waiting.Values];
            (_waiting, _counts) = ([], []);
            return taken;
        }
    }

    private async Task MoveAsync(ReadMove[] moves, Func<IReadOnlyList<ReadMove>, CancellationToken, Task<List<ReadMove>>> move)
    {
        try
        {
            foreach (var far in await move(moves, CancellationToken.None)) Postpone(far);
        }
        catch (DbException e)
        {
            foreach (var each in moves) each.Settle(database.ProblemOf(e));
        }
        catch (Exception e)
        {
            foreach (var each in moves) each.Fail(e);
        }
    }
}

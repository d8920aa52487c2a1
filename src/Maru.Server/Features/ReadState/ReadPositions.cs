using System.Data.Common;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Moves members' positions: what many readers send in one moment is one transaction, beside the path of messages. At most <see
/// cref="MostWaiting"/> members' moves wait; further ones are refused. One loop; moves from any thread.
/// </summary>
internal sealed class ReadPositions(
    ChatEngine engine, PositionStore store, ReadStateStore states, Database database, TimeProvider time) : BackgroundService
{
    private const int MostWaiting = 100_000;
    private const int Batch = 500;

    /// <summary>Between two batches, so that readers take little of the store's one writer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _some = new(0, 1);
    private Dictionary<(RoomId, UserId), ReadMove> _waiting = [];   // under the gate

    /// <summary>Moves a member's position; completes when it is durable (null), or with the reason why not.</summary>
    public Task<Problem?> MoveAsync(RoomId room, UserId user, ReadMark mark)
    {
        ReadMove? move;
        lock (_gate)
        {
            if (_waiting.TryGetValue((room, user), out move))
            {
                move.Follow(mark);
                return move.Done;
            }

            if (_waiting.Count >= MostWaiting) return Task.FromResult<Problem?>(Problem.Unavailable);
            _waiting.Add((room, user), move = new ReadMove(room, user, mark));
            if (_waiting.Count == 1 && _some.CurrentCount == 0) _some.Release();
        }

        return move.Done;
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        engine.MarkRead = MoveAsync;
        engine.TellUnread(new UnreadReader(states.OfUserAsync, states.OfMembersAsync));
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _some.WaitAsync(stoppingToken);
                foreach (var batch in Take().Chunk(Batch)) await MoveAsync(batch);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            foreach (var move in Take()) move.Settle(Problem.ShuttingDown);
        }
    }

    private ReadMove[] Take()
    {
        lock (_gate)
        {
            ReadMove[] taken = [.. _waiting.Values];
            _waiting = [];
            return taken;
        }
    }

    private async Task MoveAsync(ReadMove[] moves)
    {
        try
        {
            await store.MoveAsync(moves, CancellationToken.None);
        }
        catch (DbException e)
        {
            foreach (var move in moves) move.Settle(database.ProblemOf(e));
        }
        catch (Exception e)
        {
            foreach (var move in moves) move.Fail(e);
        }
    }
}

using Maru.Engine;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Keeps <c>rooms.active_at</c>, by which the list of public rooms is sorted, some seconds behind the rooms' heads: beside the path of
/// messages, a room at most once in <see cref="Step"/>. A commit costs it one mark. At most <see cref="MostMarks"/> rooms are marked; when
/// there were more, and at start, all rooms are compared, some at a time. One loop; marks from any thread.
/// </summary>
internal sealed partial class RoomActivity(ChatEngine engine, Database database, TimeProvider time, ILogger<RoomActivity> log)
    : BackgroundService
{
    private const int MostMarks = 50_000;
    private const int Batch = 500;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);

    /// <summary>The list's order by activity is no more than that behind.</summary>
    public static readonly TimeSpan Behind = Step + (2 * Tick);

    private HashSet<RoomId> _marks = [];    // its own lock, and so the next two
    private readonly Lock _gate = new();
    private bool _comparesAll = true;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Committed += (room, _) => Mark(room);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            do await TryStoreAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the next start compares all
        }
    }

    private void Mark(RoomId room)
    {
        lock (_gate)
        {
            if (_marks.Count < MostMarks) _marks.Add(room);
            else _comparesAll |= !_marks.Contains(room);
        }
    }

    private async Task TryStoreAsync(CancellationToken ct)
    {
        var (marks, all) = Take();
        try
        {
            if (all) await CompareAllAsync(ct);
            foreach (var rooms in marks.Chunk(Batch)) await StoreAsync([.. rooms.Select(x => x.Value)], ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(log, e);
            lock (_gate) _comparesAll = true;
        }
    }

    private (HashSet<RoomId> Marks, bool All) Take()
    {
        lock (_gate)
        {
            var taken = (_marks, _comparesAll);
            (_marks, _comparesAll) = ([], false);
            return taken;
        }
    }

    private async Task CompareAllAsync(CancellationToken ct)
    {
        var last = 0L;
        while (true)
        {
            var rooms = await database.ListAsync<long>(
                $"SELECT room_id FROM room_heads WHERE room_id > @last ORDER BY room_id LIMIT {Batch}", new { last }, ct);
            if (rooms.Count == 0) return;
            await StoreAsync([.. rooms], ct);
            last = rooms[^1];
        }
    }

    /// <summary>Moves the listed rooms among these that are a step behind. It writes only if there are any.</summary>
    private async Task StoreAsync(long[] rooms, CancellationToken ct)
    {
        var step = (long)Step.TotalMilliseconds;
        var behind = await database.ListAsync<long>(
            """
            SELECT r.id FROM rooms r JOIN room_heads h ON h.room_id = r.id
            WHERE r.id IN @rooms AND r.visibility = 'public' AND r.deleted_at IS NULL AND r.active_at <= h.last_at - @step
            """,
            new { rooms, step },
            ct);
        if (behind.Count == 0) return;
        await database.WriteAsync(
            (transaction, inner) => transaction.ExecuteAsync(
                "UPDATE rooms SET active_at = (SELECT h.last_at FROM room_heads h WHERE h.room_id = rooms.id) WHERE id IN @behind",
                new { behind = behind.Order().ToArray() },
                inner),
            ct);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The order of public rooms by activity could not be stored; tried again in a moment")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

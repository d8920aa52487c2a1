using System.Data.Common;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Counts members' own messages behind their positions, which are not unread, some seconds behind the log and beside the path of messages.
/// What is not counted yet is counted by whoever asks, so nothing depends on it but what that costs. This node knows who sent what it has
/// committed; what other nodes have, and at start all rooms, it compares with the store, some at a time. One loop.
/// </summary>
internal sealed partial class OwnCounts(ChatEngine engine, Database database, TimeProvider time, ILogger<OwnCounts> log) : BackgroundService
{
    private const int Batch = 500;          // rooms that are compared at once
    private const int Entries = 5000;       // that are read at once
    private const int Some = 20;            // rooms of a transaction: messages wait for it
    private const int WholeTicks = 60;      // after so many, rooms with few entries too

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly OwnMarks _marks = new();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Committed += _marks.Add;
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Counts what all rooms have now.</summary>
    public async Task CountAllAsync(CancellationToken ct)
    {
        var last = 0L;
        while (true)
        {
            var rooms = await database.ListAsync<long>(
                $"SELECT room_id FROM room_heads WHERE room_id > @last ORDER BY room_id LIMIT {Batch}", new { last }, ct);
            if (rooms.Count == 0) return;
            await CompareAsync([.. rooms], ct);
            last = rooms[^1];
        }
    }

    /// <summary>Counts what this node has committed since it counted last.</summary>
    /// <param name="isAll">false: only in rooms with many entries</param>
    /// <param name="ct">the node stops</param>
    public async Task CountNewAsync(bool isAll, CancellationToken ct)
    {
        foreach (var runs in _marks.Take(isAll).Chunk(Some))
        {
            var began = time.GetTimestamp();
            await StoreAsync(runs, ct);
            await Task.Delay(4 * time.GetElapsedTime(began), time, ct);     // gives way to messages
        }
    }

    /// <summary>
    /// Returns up to which entry each of these rooms' messages are counted, and keeps it so until the transaction ends: nothing is counted
    /// while positions move.
    /// </summary>
    public static async Task<Dictionary<long, long>> LockAsync(DbTransaction transaction, IEnumerable<long> rooms, CancellationToken ct)
    {
        var rows = Dialect.Rows(rooms.Distinct().Order().Select(x => (long[])[x]));
        // Rooms of an older program have no row.
        await transaction.ExecuteAsync(
            """
            WITH x (room_id) AS ROWS @rows
            INSERT INTO own_counts (room_id, seq)
            SELECT room_id, 0 FROM x WHERE NOT EXISTS (SELECT 1 FROM own_counts oc WHERE oc.room_id = x.room_id)
            ON CONFLICT DO NOTHING
            """,
            new { rows },
            ct);
        var counted = await transaction.ListAsync<RoomCount>(
            """
            WITH x (room_id) AS ROWS @rows
            SELECT oc.room_id, oc.seq FROM x JOIN own_counts oc ON oc.room_id = x.room_id ORDER BY oc.room_id FOR UPDATE OF oc
            """,
            new { rows },
            ct);
        return counted.ToDictionary(x => x.RoomId, x => x.Seq);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            for (var tick = 0; ; tick++)
            {
                await TryCountAsync(tick % WholeTicks == 0, stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the next start compares all
        }
    }

    private async Task TryCountAsync(bool isAll, CancellationToken ct)
    {
        try
        {
            await CountNewAsync(isAll, ct);
            if (_marks.TakeHasMissed()) await CountAllAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(log, e);
            _marks.Lose();
        }
    }

    /// <summary>Counts in these rooms what they have now.</summary>
    private async Task CompareAsync(long[] rooms, CancellationToken ct)
    {
        long found;
        do
        {
            var runs = await FindAsync(rooms, ct);
            found = runs.Sum(x => x.Length);
            if (found > 0) await StoreAsync(runs, ct);
        }
        while (found >= Entries);
    }

    /// <summary>Returns what is not counted yet, some thousand entries at most. Entries do not change, so it stays true.</summary>
    private async Task<List<OwnRun>> FindAsync(long[] rooms, CancellationToken ct)
    {
        var behind = await database.ListAsync<Span>(
            """
            SELECT h.room_id, coalesce(oc.seq, 0) AS counted, h.last_seq FROM room_heads h LEFT JOIN own_counts oc ON oc.room_id = h.room_id
            WHERE h.room_id IN @rooms AND h.last_seq > coalesce(oc.seq, 0) ORDER BY h.room_id
            """,
            new { rooms },
            ct);
        List<Span> spans = [];
        long left = Entries;
        foreach (var span in behind)
        {
            if (left == 0) break;
            var last = Math.Min(span.LastSeq, span.Counted + left);
            spans.Add(span with { LastSeq = last });
            left -= last - span.Counted;
        }

        var sent = await database.ListAsync<Sent>(
            """
            WITH x (room_id, counted, last_seq) AS ROWS @rows
            SELECT m.room_id, m.sender_id AS user_id, m.seq FROM x
            JOIN messages m ON m.room_id = x.room_id AND m.seq > x.counted AND m.seq <= x.last_seq AND m.type = @message
            """,
            new
            {
                rows = Dialect.Rows(spans.Select(x => (long[])[x.RoomId, x.Counted, x.LastSeq])),
                message = EntryKind.MessageCreated.Number,
            },
            ct);
        var byRoom = sent.ToLookup(x => x.RoomId, x => (x.UserId, x.Seq));
        return [.. spans.Select(x => new OwnRun(new RoomId(x.RoomId), x.Counted, x.LastSeq, byRoom[x.RoomId]))];
    }

    /// <summary>Stores what is not counted yet; rooms of which entries before are not known are compared.</summary>
    internal async Task StoreAsync(IReadOnlyList<OwnRun> runs, CancellationToken ct)
    {
        var behind = await database.WriteAsync((transaction, inner) => StoreAsync(transaction, runs, inner), ct);
        if (behind.Length > 0) await CompareAsync(behind, ct);
    }

    /// <summary>Returns the rooms of which entries before the run are not counted; the run is not either.</summary>
    private static async Task<long[]> StoreAsync(DbTransaction transaction, IReadOnlyList<OwnRun> runs, CancellationToken ct)
    {
        var counted = await LockAsync(transaction, runs.Select(x => x.Room.Value), ct);
        var next = runs.Where(x => x.After <= counted[x.Room.Value] && x.Last > counted[x.Room.Value]).ToList();
        await transaction.ExecuteAsync(
            """
            WITH x (room_id, last_seq) AS ROWS @rows
            UPDATE own_counts SET seq = x.last_seq FROM x WHERE own_counts.room_id = x.room_id
            """,
            new { rows = Dialect.Rows(next.Select(x => (long[])[x.Room.Value, x.Last])) },
            ct);
        var sent = next.SelectMany(x => x.Sent, (run, x) => new Sent(run.Room.Value, x.User, x.Seq))
            .Where(x => x.Seq > counted[x.RoomId]).ToList();
        var senders = sent.Select(x => (x.RoomId, x.UserId)).Distinct().Order().Select(x => (long[])[x.RoomId, x.UserId]);
        var positions = await transaction.ListAsync<Position>(
            """
            WITH x (room_id, user_id) AS ROWS @rows
            SELECT me.room_id, me.user_id, me.read_seq FROM x JOIN members me ON me.room_id = x.room_id AND me.user_id = x.user_id
            ORDER BY me.room_id, me.user_id FOR UPDATE OF me
            """,
            new { rows = Dialect.Rows(senders) },
            ct);
        var read = positions.ToDictionary(x => (x.RoomId, x.UserId), x => x.ReadSeq);
        var own = sent.Where(x => read.TryGetValue((x.RoomId, x.UserId), out var seq) && x.Seq > seq)
            .CountBy(x => (x.RoomId, x.UserId)).Select(x => (long[])[x.Key.RoomId, x.Key.UserId, x.Value]);
        await transaction.ExecuteAsync(
            """
            WITH x (room_id, user_id, own) AS ROWS @rows
            UPDATE members SET own = members.own + x.own FROM x WHERE members.room_id = x.room_id AND members.user_id = x.user_id
            """,
            new { rows = Dialect.Rows(own) },
            ct);
        return [.. runs.Where(x => x.After > counted[x.Room.Value]).Select(x => x.Room.Value)];
    }

    /// <summary>The entries of a room that are not counted yet: behind one seq, up to another.</summary>
    private sealed record Span(long RoomId, long Counted, long LastSeq);

    private sealed record RoomCount(long RoomId, long Seq);

    private sealed record Sent(long RoomId, long UserId, long Seq);

    private sealed record Position(long RoomId, long UserId, long ReadSeq);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "People's own messages could not be counted; tried again in a moment")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

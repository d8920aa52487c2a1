using System.Data.Common;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Counts members' own messages behind their positions, which are not unread, some seconds behind the log and beside the path of messages:
/// a commit costs it one mark. What is not counted yet is counted by whoever asks, so nothing depends on it but what that costs. At most
/// <see cref="MostMarks"/> rooms are marked; when there were more, and at start, all rooms are compared, some at a time. One loop; marks
/// from any thread.
/// </summary>
internal sealed partial class OwnCounts(ChatEngine engine, Database database, TimeProvider time, ILogger<OwnCounts> log) : BackgroundService
{
    private const int MostMarks = 50_000;
    private const int Batch = 500;
    private const int Entries = 5000;       // of one transaction

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private HashSet<RoomId> _marks = [];    // its own lock, and so the next two
    private readonly Lock _gate = new();
    private bool _comparesAll = true;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Committed += Mark;
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
            await CountAsync([.. rooms], ct);
            last = rooms[^1];
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
            do await TryCountAsync(stoppingToken);
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

    private async Task TryCountAsync(CancellationToken ct)
    {
        HashSet<RoomId> marks;
        bool all;
        lock (_gate) (marks, _marks, all, _comparesAll) = (_marks, [], _comparesAll, false);
        try
        {
            if (all) await CountAllAsync(ct);
            foreach (var rooms in marks.Chunk(Batch)) await CountAsync([.. rooms.Select(x => x.Value)], ct);
        }
        catch (DbException e)
        {
            Log.Failed(log, e);
            lock (_gate) _comparesAll = true;
        }
    }

    /// <summary>Counts in these rooms until nothing is left.</summary>
    private async Task CountAsync(long[] rooms, CancellationToken ct)
    {
        while (await FindAsync(rooms, ct) is { Count: > 0 } found)
        {
            var sent = await FindSentAsync(found, ct);
            if (!await database.WriteAsync((transaction, inner) => TryStoreAsync(transaction, found, sent, inner), ct)) return;
        }
    }

    /// <summary>Returns what is not counted yet, some thousand entries at most.</summary>
    private async Task<List<Span>> FindAsync(long[] rooms, CancellationToken ct)
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

        return spans;
    }

    /// <summary>Returns who sent what in the spans. Entries do not change, so this stays true.</summary>
    private Task<IReadOnlyList<Sent>> FindSentAsync(List<Span> spans, CancellationToken ct) => database.ListAsync<Sent>(
        """
        WITH x (room_id, counted, last_seq) AS ROWS @rows
        SELECT m.room_id, m.sender_id AS user_id, m.seq FROM x
        JOIN messages m ON m.room_id = x.room_id AND m.seq > x.counted AND m.seq <= x.last_seq AND m.type = @message
        """,
        new { rows = Rows(spans), message = EntryKind.MessageCreated.Number },
        ct);

    /// <summary>False, and nothing is stored: another node counts in these rooms.</summary>
    private static async Task<bool> TryStoreAsync(
        DbTransaction transaction, List<Span> spans, IReadOnlyList<Sent> sent, CancellationToken ct)
    {
        var counted = await LockAsync(transaction, spans.Select(x => x.RoomId), ct);
        if (spans.Any(x => counted[x.RoomId] != x.Counted)) return false;
        await transaction.ExecuteAsync(
            """
            WITH x (room_id, counted, last_seq) AS ROWS @rows
            UPDATE own_counts SET seq = x.last_seq FROM x WHERE own_counts.room_id = x.room_id
            """,
            new { rows = Rows(spans) },
            ct);
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
        return true;
    }

    private static string Rows(List<Span> spans) => Dialect.Rows(spans.Select(x => (long[])[x.RoomId, x.Counted, x.LastSeq]));

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

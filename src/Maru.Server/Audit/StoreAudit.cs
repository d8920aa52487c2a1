using System.Data.Common;
using Maru.Server.Storage;

namespace Maru.Server.Audit;

/// <summary>
/// Runs all checks over all rooms, some rooms at a time, each time in one snapshot: so it finds no drift that is none, whatever servers
/// write meanwhile, and keeps none of them waiting. Mends in short transactions under the rooms' locks. One caller.
/// </summary>
internal sealed class StoreAudit(Database database, IEnumerable<IStoreCheck> checks, TimeProvider time)
{
    private const int MostRooms = 500;      // of one look
    private const long MostRows = 20_000;   // members and entries of one look, unless a single room has more
    private const int MendsAtOnce = 100;
    private const int Rounds = 5;           // what one mend makes right can show what another has to

    /// <summary>Returns what each check found.</summary>
    /// <param name="mends">makes right what it finds</param>
    /// <param name="looked">gets the report so far, and how many rooms the check has looked at</param>
    /// <param name="changed">gets each drift that was mended</param>
    /// <param name="ct">ends it between two looks</param>
    public async Task<IReadOnlyList<CheckReport>> RunAsync(
        bool mends, Action<CheckReport, int> looked, Action<Drift> changed, CancellationToken ct)
    {
        List<CheckReport> reports = [];
        foreach (var check in checks)
        {
            var (report, begun, rooms) = (new CheckReport(check.Name), time.GetTimestamp(), 0);
            reports.Add(report);
            await foreach (var (span, count) in SpansAsync(ct))
            {
                var look = await LookAsync(check, span, ct);
                report.Add(look);
                if (mends) look = await MendAsync(check, span, look, changed, ct);
                report.Left += look.Drift.Count;
                report.Time = time.GetElapsedTime(begun);
                looked(report, rooms += count);
            }
        }

        return reports;
    }

    public Task<long> CountRoomsAsync(CancellationToken ct) => database.FirstAsync<long>("SELECT count(*) FROM rooms", null, ct);

    private Task<Look> LookAsync(IStoreCheck check, RoomSpan span, CancellationToken ct) =>
        database.ReadAsync((snapshot, inner) => check.LookAsync(snapshot, span, inner), ct);

    private async IAsyncEnumerable<(RoomSpan Span, int Rooms)> SpansAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var after = 0L;
        while (true)
        {
            var rooms = await database.ListAsync<RoomSize>(
                $"""
                SELECT r.id, r.member_count + coalesce(h.last_seq, 0) AS size FROM rooms r LEFT JOIN room_heads h ON h.room_id = r.id
                WHERE r.id > @after ORDER BY r.id LIMIT {MostRooms}
                """,
                new { after },
                ct);
            if (rooms.Count == 0) yield break;
            for (int first = 0, end; first < rooms.Count; first = end)
            {
                var size = rooms[first].Size;
                for (end = first + 1; end < rooms.Count && (size += rooms[end].Size) <= MostRows; end++)
                {
                }

                yield return (new RoomSpan(rooms[first].Id, rooms[end - 1].Id), end - first);
            }

            after = rooms[^1].Id;
        }
    }

    /// <summary>Mends what can be mended; returns what is left.</summary>
    private async Task<Look> MendAsync(IStoreCheck check, RoomSpan span, Look look, Action<Drift> changed, CancellationToken ct)
    {
        for (var round = 0; round < Rounds && look.Drift.Any(x => x.Mend is not null); round++)
        {
            foreach (var some in look.Drift.Where(x => x.Mend is not null).Chunk(MendsAtOnce))
            {
                var mended = await database.WriteAsync((transaction, inner) => MendAsync(transaction, some, inner), ct);
                foreach (var drift in mended) changed(drift);
            }

            look = await LookAsync(check, span, ct);
        }

        return look;
    }

    private static async Task<List<Drift>> MendAsync(DbTransaction transaction, Drift[] some, CancellationToken ct)
    {
        // As whoever appends, joins or leaves does, and then as whoever reads: see OwnCounts.
        var rooms = some.Select(x => x.Room).Distinct().Order().ToArray();
        await transaction.ListAsync<long>(
            "SELECT h.room_id FROM room_heads h WHERE h.room_id IN @rooms ORDER BY h.room_id FOR UPDATE OF h", new { rooms }, ct);
        await transaction.ListAsync<long>(
            "SELECT oc.room_id FROM own_counts oc WHERE oc.room_id IN @rooms ORDER BY oc.room_id FOR UPDATE OF oc", new { rooms }, ct);
        List<Drift> mended = [];
        foreach (var drift in some)
        {
            if (await transaction.ExecuteAsync(drift.Mend!, drift.Arguments, ct) > 0) mended.Add(drift);
        }

        return mended;
    }

    private sealed record RoomSize(long Id, long Size);
}

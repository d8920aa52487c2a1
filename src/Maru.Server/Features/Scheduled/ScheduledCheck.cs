using System.Data.Common;
using Maru.Server.Audit;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Scheduled;

/// <summary>
/// The files that each scheduled message will have, beside the rows that keep them from going. Nothing mends it: its owner may change or
/// cancel it at any moment, which no lock of the room holds up, and the rows end with it.
/// </summary>
internal sealed class ScheduledCheck : IStoreCheck
{
    private const int Page = 5000;

    public string Name => "scheduled";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        List<Drift> drift = [];
        var (rows, room, id) = (0L, rooms.First, 0L);
        while (true)
        {
            var page = await snapshot.ListAsync<Row>(
                $"""
                SELECT s.room_id, s.id, coalesce(s.files, '[]') AS kept, coalesce((
                  SELECT string_agg(w.file_id || '', ' ' ORDER BY w.file_id) FROM scheduled_files w
                  WHERE w.scheduled_id = s.id), '') AS found
                FROM scheduled s WHERE (s.room_id, s.id) > (@room, @id) AND s.room_id <= @Last ORDER BY s.room_id, s.id LIMIT {Page}
                """,
                new { room, id, rooms.Last },
                ct);
            foreach (var row in page)
            {
                if (row.Kept != "[]" || row.Found.Length > 0) rows++;
                var shown = FileRows.Ids(row.Kept).Order();
                if (ShownIds.Compare(row.RoomId, ("scheduled", row.Id), "files", row.Kept, shown, row.Found) is { } found) drift.Add(found);
            }

            if (page.Count < Page) return new Look(rows, drift);
            (room, id) = (page[^1].RoomId, page[^1].Id);
        }
    }

    /// <param name="Kept">what its owner sees, as JSON</param>
    /// <param name="Found">the ids of the rows</param>
    private sealed record Row(long RoomId, long Id, string Kept, string Found);
}

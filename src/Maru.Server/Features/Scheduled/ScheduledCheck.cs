using Maru.Server.Audit;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Scheduled;

/// <summary>
/// The files that each scheduled message will have, beside the rows that keep them from going. Nothing mends it: its owner may change or
/// cancel it at any moment, which no lock of the room holds up, and the rows end with it.
/// </summary>
internal sealed class ScheduledCheck : MessageCheck<ScheduledCheck.Row>
{
    public override string Name => "scheduled";

    protected override string Sql =>
        $"""
        SELECT s.room_id, s.id AS seq, coalesce(s.files, '[]') AS kept, coalesce((
          SELECT string_agg(w.file_id || '', ' ' ORDER BY w.file_id) FROM scheduled_files w
          WHERE w.scheduled_id = s.id), '') AS found
        FROM scheduled s WHERE (s.room_id, s.id) > (@room, @seq) AND s.room_id <= @Last ORDER BY s.room_id, s.id LIMIT {Page}
        """;

    /// <param name="Seq">its id: it has no seq as yet</param>
    /// <param name="Kept">what its owner sees, as JSON</param>
    /// <param name="Found">the ids of the rows</param>
    internal sealed record Row(long RoomId, long Seq, string Kept, string Found) : CheckedMessage(RoomId, Seq)
    {
        public override bool IsCounted => Found.Length > 0 || Kept != "[]";

        public override Drift? FindDrift() =>
            ShownIds.Compare(RoomId, ("scheduled", Seq), "files", Kept, FileRows.Ids(Kept).Order(), Found);
    }
}

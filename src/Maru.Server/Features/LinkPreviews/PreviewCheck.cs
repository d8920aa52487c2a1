using Maru.Server.Audit;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>The pictures that each message's previews show, beside the rows by which its readers may see them.</summary>
internal sealed class PreviewCheck : MessageCheck<PreviewCheck.Row>
{
    // What the message shows, as JSON
    private const string Shown = "coalesce(CASE WHEN m.deleted_at IS NULL THEN m.previews END, '[]')";

    public override string Name => "previews";

    protected override string Sql =>
        $"""
        SELECT m.room_id, m.seq, {Shown} AS kept, coalesce((
          SELECT string_agg(p.picture_id || '', ' ' ORDER BY p.picture_id) FROM message_previews p
          WHERE p.room_id = m.room_id AND p.seq = m.seq), '') AS found
        FROM messages m WHERE (m.room_id, m.seq) > (@room, @seq) AND m.room_id <= @Last
          AND NOT EXISTS (SELECT 1 FROM rooms r WHERE r.id = m.room_id AND r.deleted_at IS NOT NULL)   -- their pictures go, one by one
        ORDER BY m.room_id, m.seq LIMIT {Page}
        """;

    /// <param name="Kept">what the message shows, as JSON</param>
    /// <param name="Found">the ids of the rows</param>
    internal sealed record Row(long RoomId, long Seq, string Kept, string Found) : CheckedMessage(RoomId, Seq)
    {
        public override bool IsCounted => Found.Length > 0 || Kept != PreviewRows.Removed;

        public override Drift? FindDrift() => ShownIds.Compare(
            RoomId,
            ("seq", Seq),
            "pictures",
            Kept,
            PreviewRows.Pictures(Kept).Distinct().Order(),
            Found,
            $"""
            DELETE FROM message_previews WHERE room_id = @room AND seq = @id
              AND EXISTS (SELECT 1 FROM messages m WHERE m.room_id = @room AND m.seq = @id AND {Shown} = @kept);
            WITH x (position, id) AS ROWS @rows
            INSERT INTO message_previews (room_id, seq, picture_id)
            SELECT m.room_id, m.seq, p.id FROM x JOIN preview_pictures p ON p.id = x.id
            JOIN messages m ON m.room_id = @room AND m.seq = @id AND {Shown} = @kept
            """);
    }
}

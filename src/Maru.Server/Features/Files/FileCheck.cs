using Maru.Server.Audit;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Files;

/// <summary>The files that each message shows, beside the rows by which its readers may read them.</summary>
internal sealed class FileCheck : MessageCheck<FileCheck.Row>
{
    // What the message shows, as JSON
    private const string Shown = "coalesce(CASE WHEN m.deleted_at IS NULL THEN m.files END, '[]')";

    public override string Name => "files";

    protected override string Sql =>
        $"""
        SELECT m.room_id, m.seq, {Shown} AS kept, coalesce((
          SELECT string_agg(p.file_id || '', ' ' ORDER BY p.position) FROM message_files p
          WHERE p.room_id = m.room_id AND p.seq = m.seq), '') AS found
        FROM messages m WHERE (m.room_id, m.seq) > (@room, @seq) AND m.room_id <= @Last ORDER BY m.room_id, m.seq LIMIT {Page}
        """;

    /// <param name="Kept">what the message shows, as JSON</param>
    /// <param name="Found">the ids of the rows</param>
    internal sealed record Row(long RoomId, long Seq, string Kept, string Found) : CheckedMessage(RoomId, Seq)
    {
        public override bool IsCounted => Found.Length > 0 || Kept != "[]";

        public override Drift? FindDrift() => ShownIds.Compare(
            RoomId,
            ("seq", Seq),
            "files",
            Kept,
            FileRows.Ids(Kept),
            Found,
            $"""
            DELETE FROM message_files WHERE room_id = @room AND seq = @id
              AND EXISTS (SELECT 1 FROM messages m WHERE m.room_id = @room AND m.seq = @id AND {Shown} = @kept);
            WITH x (position, id) AS ROWS @rows
            INSERT INTO message_files (room_id, seq, position, file_id, kind)
            SELECT m.room_id, m.seq, x.position, f.id, f.kind FROM x JOIN files f ON f.id = x.id
            JOIN messages m ON m.room_id = @room AND m.seq = @id AND {Shown} = @kept
            """);
    }
}

namespace Maru.Server.RoomLog;

/// <summary>
/// Takes the files of a message that goes along with it: those that are nowhere else are deleted with the same transaction, and the sweep
/// of files removes their content.
/// </summary>
internal static class FileRelease
{
    public static void Run(RoomTransaction transaction, long seq)
    {
        // Locked before it is decided: another room may get one of them now, by a forward.
        var files = transaction.List<long>(
            """
            SELECT f.id FROM message_files p JOIN files f ON f.id = p.file_id WHERE p.room_id = @room AND p.seq = @seq
            ORDER BY f.id FOR UPDATE OF f
            """,
            new { room = transaction.Room.Value, seq });
        if (files.Count == 0) return;
        transaction.Execute(
            $"""
            DELETE FROM message_files WHERE room_id = @room AND seq = @seq;
            UPDATE files AS f SET deleted_at = @At
            WHERE f.id IN @files AND f.deleted_at IS NULL AND NOT {FileRows.IsPicture} AND NOT {FileRows.IsWaiting}
              AND NOT EXISTS (SELECT 1 FROM message_files p WHERE p.file_id = f.id)
            """,
            new { room = transaction.Room.Value, seq, transaction.At, files });
    }
}

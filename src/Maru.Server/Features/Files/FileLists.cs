using System.Buffers;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Server.Files;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files;

/// <summary>Lists files, the newest first: a person's own, and those of a room for its members. Any thread.</summary>
internal sealed class FileLists(Database database, FileRecords records, FilesOptions options)
{
    private const int Seq = FileRows.ColumnCount;
    private const int Position = Seq + 1;
    private const int At = Position + 1;
    private const int Sender = At + 1;

    /// <summary>Returns an <see cref="UploadedFilePage"/>.</summary>
    public async Task<ReadOnlyMemory<byte>> OwnAsync(UserId user, PageRequest page, CancellationToken ct)
    {
        var used = await records.UsedAsync(user, ct);
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            SELECT {FileRows.Columns}, f.created_at FROM files f
            WHERE f.uploader_id = @user AND {FileRows.IsThere} AND f.id < @after
            ORDER BY f.id DESC LIMIT @limit
            """,
            new { user = user.Value, after = page.After?.Id ?? long.MaxValue, limit = page.Size + 1 });
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        var (count, last, isMore) = (0, 0L, false);
        while (await row.ReadAsync(CancellationToken.None))
        {
            isMore = ++count > page.Size;
            if (isMore) break;
            writer.WriteStartObject();
            FileRows.Write(writer, row, 0);
            MessageJson.WriteTime(writer, "createdAt"u8, row.GetInt64(FileRows.ColumnCount));
            writer.WriteEndObject();
            last = row.GetInt64(0);
        }

        writer.WriteEndArray();
        if (isMore) writer.WriteString("next"u8, new PageCursor(last).ToString());
        writer.WriteNumber("used"u8, used);
        writer.WriteNumber("quota"u8, options.BytesPerUser);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Returns a <see cref="RoomFilePage"/>; null: the user is no member. A walk of an index, of one kind or of all.</summary>
    /// <param name="kind">null: of all kinds</param>
    public async Task<ReadOnlyMemory<byte>?> OfRoomAsync(RoomId room, UserId user, FileKind? kind, PageRequest page, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            SELECT {FileRows.Columns}, p.seq, p.position, m.at, s.id, s.handle, s.name, s.avatar_url
            FROM members me LEFT JOIN (
              SELECT * FROM message_files
              WHERE room_id = @room {(kind is null ? "" : "AND kind = @kind")} AND (seq, position) < (@seq, @position)
              ORDER BY seq DESC, position DESC LIMIT @limit
            ) p ON p.room_id = me.room_id AND p.seq > {VisibleSql.HiddenUpTo}
            LEFT JOIN messages m ON m.room_id = p.room_id AND m.seq = p.seq AND m.deleted_at IS NULL
            LEFT JOIN files f ON f.id = p.file_id AND {FileRows.IsThere} LEFT JOIN users s ON s.id = m.sender_id
            WHERE me.room_id = @room AND me.user_id = @user
            ORDER BY p.seq DESC, p.position DESC
            """,
            new
            {
                room = room.Value,
                user = user.Value,
                kind = (long?)kind,
                seq = page.After?.NumericKey ?? long.MaxValue,
                position = page.After?.Id ?? 0,
                limit = page.Size + 1,
            });
        if (!await row.ReadAsync(CancellationToken.None)) return null;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        var (count, isMore) = (0, false);
        var last = default(PageCursor);
        do
        {
            if (row.IsDBNull(Seq)) continue;    // no file at all
            isMore = ++count > page.Size;
            if (isMore) break;
            last = new PageCursor(row.GetInt64(Seq), row.GetInt64(Position));
            if (row.IsDBNull(0) || row.IsDBNull(At)) continue;      // one that goes just now
            writer.WriteStartObject();
            FileRows.Write(writer, row, 0);
            writer.WriteNumber("seq"u8, row.GetInt64(Seq));
            writer.WriteRaw("sender"u8, MessageRows.User(row, Sender));
            MessageJson.WriteTime(writer, "at"u8, row.GetInt64(At));
            writer.WriteEndObject();
        }
        while (await row.ReadAsync(CancellationToken.None));
        writer.WriteEndArray();
        if (isMore) writer.WriteString("next"u8, last!.ToString());
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

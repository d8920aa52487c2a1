using System.Buffers;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Stars;

/// <summary>Lists and counts what somebody has starred. Any thread.</summary>
internal sealed class StarStore(Database database)
{
    // A program of an older version leaves stars behind: of messages that were deleted, and of rooms that were left. CROSS JOIN: SQLite
    // begins with the table before it.
    private const string ListSql =
        $"""
        WITH found AS MATERIALIZED (
          SELECT x.room_id, x.seq, x.at FROM stars x
          WHERE x.user_id = @user AND (x.at, x.room_id, x.seq) < (@At, @Room, @Seq)
            AND EXISTS (
              SELECT 1 FROM members me WHERE me.room_id = x.room_id AND me.user_id = x.user_id AND x.seq > {VisibleSql.HiddenUpTo})
            AND EXISTS (SELECT 1 FROM messages y WHERE y.room_id = x.room_id AND y.seq = x.seq AND y.deleted_at IS NULL)
          ORDER BY x.at DESC, x.room_id DESC, x.seq DESC LIMIT @limit)
        SELECT {MessageRows.QuotedColumns}, found.room_id, found.at
        FROM found CROSS JOIN members me CROSS JOIN messages m {MessageRows.Joins} {QuoteRows.Join}
        WHERE me.room_id = found.room_id AND me.user_id = @user AND m.room_id = found.room_id AND m.seq = found.seq
        ORDER BY found.at DESC, found.room_id DESC, found.seq DESC
        """;

    /// <summary>Returns whether somebody has so many stars. Walks an index so far.</summary>
    public async Task<bool> HasAsync(UserId user, int count)
    {
        await using var connection = await database.OpenReadAsync(CancellationToken.None);
        await using var row = await Queries.RowsAsync(
            connection, "SELECT 1 FROM stars WHERE user_id = @user LIMIT 1 OFFSET @before", new { user = user.Value, before = count - 1 });
        return await row.ReadAsync(CancellationToken.None);
    }

    /// <summary>
    /// Returns a <see cref="StarPage"/> of the user's present rooms. Walks an index in its order, so every page costs the same.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> ListAsync(UserId user, MessageCursor after, int size, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection, ListSql, new { user = user.Value, after.At, after.Room, after.Seq, limit = size + 1 });
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        MessageCursor? last = null;
        var more = await row.ReadAsync(CancellationToken.None);
        for (var count = 0; more && count < size; count++)
        {
            var (room, at) = (row.GetInt64(MessageRows.QuotedColumnCount), row.GetInt64(MessageRows.QuotedColumnCount + 1));
            last = new MessageCursor(at, room, row.GetInt64(0));
            writer.WriteStartObject();
            writer.WriteNumber("roomId"u8, room);
            writer.WriteNumber("seq"u8, last.Seq);
            MessageJson.WriteTime(writer, "at"u8, at);
            writer.WritePropertyName("message"u8);
            MessageRows.Write(writer, row, new RoomId(room), starred: true, quotes: true);
            writer.WriteEndObject();
            more = await row.ReadAsync(CancellationToken.None);
        }

        writer.WriteEndArray();
        if (more && last is not null) writer.WriteString("next"u8, last.ToString());
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

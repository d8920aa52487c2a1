using System.Buffers;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Server.Features.ReadState;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Messages;

/// <summary>Reads messages as JSON, for members. Any thread.</summary>
internal sealed class MessageStore(Database database)
{
    /// <summary>
    /// Returns a <see cref="MessagePage"/>; null where the user is no member. Walks the key (room, seq) from the bound on, so every page
    /// costs the same. The page is complete before the first byte goes out: a slow client holds no state of the store.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>?> HistoryAsync(RoomId room, UserId user, HistoryRequest request, CancellationToken ct)
    {
        var (before, after, limit) = (request.Before, request.After, request.Size);
        var forwards = after is not null;
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            WITH page AS (
              SELECT * FROM messages
              WHERE room_id = @room AND seq > @after AND seq < @before
              ORDER BY seq {(forwards ? "ASC" : "DESC")} LIMIT @limit),
            {UnreadBySql.Tables}
            SELECT {MessageRows.ReaderColumns}, {UnreadBySql.Count}, count(*) OVER ()
            FROM members me CROSS JOIN below LEFT JOIN page m ON m.room_id = me.room_id {UnreadBySql.Join}
            LEFT JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id
            WHERE me.room_id = @room AND me.user_id = @user
            ORDER BY m.seq
            """,
            new { room = room.Value, user = user.Value, before = before ?? long.MaxValue, after = after ?? 0, limit = limit + 1 });
        if (!await row.ReadAsync(CancellationToken.None)) return null;

        // One row more than asked for says that there is more: the last one forwards, the first one backwards.
        var hasMore = row.GetInt64(MessageRows.ReaderColumnCount + 1) > limit;
        var more = !await row.IsDBNullAsync(0, CancellationToken.None);
        if (hasMore && !forwards) more = await row.ReadAsync(CancellationToken.None);

        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        for (var count = 0; more && count < limit; count++)
        {
            MessageRows.Write(writer, row, room, row.GetInt64(MessageRows.ReaderColumnCount));
            more = await row.ReadAsync(CancellationToken.None);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("hasMore"u8, hasMore);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Returns one <see cref="Message"/>; null: the user is no member, or no message has that seq.</summary>
    public async Task<ReadOnlyMemory<byte>?> FindAsync(RoomId room, UserId user, long seq, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            WITH page AS (SELECT * FROM messages WHERE room_id = @room AND seq = @seq),
            {UnreadBySql.Tables}
            SELECT {MessageRows.ReaderColumns}, {UnreadBySql.Count}
            FROM members me CROSS JOIN below JOIN page m ON m.room_id = me.room_id {UnreadBySql.Join} {MessageRows.Joins}
            WHERE me.room_id = @room AND me.user_id = @user
            """,
            new { room = room.Value, user = user.Value, seq });
        if (!await row.ReadAsync(CancellationToken.None)) return null;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        MessageRows.Write(writer, row, room, row.GetInt64(MessageRows.ReaderColumnCount));
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

using System.Buffers;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Server.Features.ReadState;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Messages;

/// <summary>Reads single messages as JSON, for members. Any thread.</summary>
internal sealed class MessageStore(Database database)
{
    /// <summary>Returns one <see cref="Message"/>; null: the user is no member, or sees no message of that seq.</summary>
    public async Task<ReadOnlyMemory<byte>?> FindAsync(RoomId room, UserId user, long seq, CancellationToken ct)
    {
        const int Unread = MessageRows.QuotedColumnCount;
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            WITH page AS (SELECT @seq AS seq, 0 AS since),
            {StarredMessages.OfEach}
            SELECT {MessageRows.QuotedColumns}, {UnreadBySql.Columns}, starred.seqs
            FROM members me CROSS JOIN starred CROSS JOIN page JOIN messages m ON m.room_id = me.room_id AND m.seq = page.seq
            {UnreadBySql.Join} {MessageRows.Joins} {QuoteRows.Join}
            WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
            """,
            new { room = room.Value, user = user.Value, seq });
        if (!await row.ReadAsync(CancellationToken.None)) return null;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        var starred = StarredMessages.Read(row, Unread + UnreadBySql.ColumnCount) is not null;
        MessageRows.Write(writer, row, room, row.GetInt64(Unread) - row.GetInt64(Unread + 1), starred, quotes: true);
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

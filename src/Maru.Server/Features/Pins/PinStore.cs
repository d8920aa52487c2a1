using System.Buffers;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Pins;

/// <summary>Reads the pinned messages of a room, for members. Any thread.</summary>
internal sealed class PinStore(Database database)
{
    private const int AtColumn = MessageRows.QuotedColumnCount;
    private const int UserColumn = AtColumn + 1;

    /// <summary>
    /// Returns a <see cref="PinList"/>; null: the user is no member. One statement, of as many messages as a room may have pinned.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>?> ListAsync(RoomId room, UserId user, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            SELECT {MessageRows.QuotedColumns}, x.at, {UserRow.Columns("u")}
            FROM members me LEFT JOIN pins x ON x.room_id = me.room_id
            LEFT JOIN messages m ON m.room_id = x.room_id AND m.seq = x.seq AND m.deleted_at IS NULL AND {VisibleSql.Message}
            LEFT JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id LEFT JOIN users u ON u.id = x.user_id
            {QuoteRows.Join}
            WHERE me.room_id = @room AND me.user_id = @user
            ORDER BY x.pinned_seq DESC
            """,
            new { room = room.Value, user = user.Value });
        if (!await row.ReadAsync(CancellationToken.None)) return null;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        do
        {
            // No pins at all, or one of a message that this member does not see, or that an older program left of a deleted message.
            if (row.IsDBNull(0)) continue;
            writer.WriteStartObject();
            writer.WritePropertyName("message"u8);
            MessageRows.Write(writer, row, room, quotes: true);
            writer.WriteRaw("pinnedBy"u8, MessageRows.User(row, UserColumn));
            MessageJson.WriteTime(writer, "at"u8, row.GetInt64(AtColumn));
            writer.WriteEndObject();
        }
        while (await row.ReadAsync(CancellationToken.None));
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

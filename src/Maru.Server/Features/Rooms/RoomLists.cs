using System.Buffers;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Server.Features.OwnSettings;
using Maru.Server.Features.ReadState;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>Which of a user's own rooms a list has.</summary>
/// <param name="Hidden">those that they have hidden; else those that they have not</param>
/// <param name="Favourite">only favourites</param>
internal readonly record struct OwnRooms(bool Hidden, bool Favourite)
{
    /// <summary>Of the membership <c>x</c> of <c>@User</c>. What they have set is looked up once a list, not once a room.</summary>
    public string Condition =>
        $"x.room_id {(Hidden ? "" : "NOT ")}IN ({SettingsRow.Hidden}){(Favourite ? $" AND x.room_id IN ({SettingsRow.Favourites})" : "")}";
}

/// <summary>Reads users' own rooms in pages. Any thread.</summary>
internal sealed class RoomLists(Database database)
{
    /// <summary>
    /// Returns a <see cref="RoomPage"/> of the user's own rooms with their last messages, newest activity first. Only heads are sorted;
    /// rooms and messages are read for the page alone.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> MineAsync(UserId user, OwnRooms which, PageRequest page, CancellationToken ct)
    {
        var after = page.After;
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            WITH mine AS MATERIALIZED (
              SELECT y.room_id, y.last_seq, y.last_at, y.messages, y.slow_mode, y.read_only
              FROM members x JOIN room_heads y ON y.room_id = x.room_id
              WHERE x.user_id = @User AND {which.Condition} {(after is null ? "" : "AND (y.last_at, x.room_id) < (@key, @id)")}
              ORDER BY y.last_at DESC, x.room_id DESC LIMIT @limit)
            SELECT {MessageRows.ReaderColumns}, me.read_seq, {UnreadSql.Count}, {UnreadSql.Mentions}, {RoomRow.Columns}
            FROM mine h JOIN rooms r ON r.id = h.room_id {RoomRow.Joins} {UnreadSql.Join}
            LEFT JOIN messages m ON m.room_id = r.id AND m.seq = (SELECT max(z.seq) FROM messages z WHERE z.room_id = r.id)
            LEFT JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id
            ORDER BY h.last_at DESC, r.id DESC
            """,
            new { User = user.Value, key = after?.NumericKey, id = after?.Id, limit = page.Size + 1 });
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        (long LastAt, long Id) last = default;
        var more = await row.ReadAsync(CancellationToken.None);
        for (var count = 0; more && count < page.Size; count++)
        {
            last = RoomRow.WriteStart(writer, row, MessageRows.ReaderColumnCount + 3);
            writer.WriteNumber("readSeq"u8, row.GetInt64(MessageRows.ReaderColumnCount));
            writer.WriteNumber("unread"u8, row.GetInt64(MessageRows.ReaderColumnCount + 1));
            writer.WriteNumber("mentions"u8, row.GetInt64(MessageRows.ReaderColumnCount + 2));
            if (!row.IsDBNull(0))
            {
                writer.WritePropertyName("lastMessage"u8);
                MessageRows.Write(writer, row, new RoomId(last.Id));
            }

            writer.WriteEndObject();
            more = await row.ReadAsync(CancellationToken.None);
        }

        writer.WriteEndArray();
        if (more) writer.WriteString("next"u8, new PageCursor(last.LastAt, last.Id).ToString());
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

using System.Buffers;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Mentions;

/// <summary>Lists where somebody is mentioned. Any thread.</summary>
internal sealed class MentionStore(Database database)
{
    private const int Walk = 100;       // mentions of all that a page looks at in each room beyond its size: one's own are left out

    private const int TillColumn = MessageRows.QuotedColumnCount + 3;

    private const string Behind =
        """
        (x.at, x.seq) < (@At, CASE WHEN me.room_id = @Room THEN @Seq WHEN me.room_id < @Room THEN 9223372036854775807 ELSE 0 END)
        """;

    private const string Named = $"x.room_id = me.room_id AND x.user_id = me.user_id AND {Behind} AND x.number > me.join_number";

    // CROSS JOIN: SQLite begins with the table before it.
    private const string ListSql =
        $"""
        WITH mine AS MATERIALIZED (
          SELECT me.room_id, me.user_id, me.join_number, me.joined_at, (
            SELECT x.at FROM mentions x WHERE x.room_id = me.room_id AND x.user_id = 0 AND {Behind} AND x.at >= me.joined_at
            ORDER BY x.at DESC, x.seq DESC LIMIT 1 OFFSET @walk) AS walked
          FROM members me WHERE me.user_id = @user),
        found AS MATERIALIZED (
          SELECT x.room_id, x.seq, x.at
          FROM mine me CROSS JOIN mentions x
          WHERE {Named} AND x.at >= coalesce((
              SELECT x.at FROM mentions x WHERE {Named} AND x.at >= me.joined_at ORDER BY x.at DESC, x.seq DESC LIMIT 1 OFFSET @last),
            me.joined_at)
          UNION ALL
          SELECT x.room_id, x.seq, x.at
          FROM mine me CROSS JOIN mentions x
          WHERE x.room_id = me.room_id AND x.user_id = 0 AND {Behind} AND x.number > me.join_number AND x.sender_id <> me.user_id
            AND x.at >= coalesce(me.walked, me.joined_at)
          ORDER BY 3 DESC, 1 DESC, 2 DESC LIMIT @limit),
        walk AS (SELECT max(walked) AS till FROM mine)
        SELECT {MessageRows.QuotedColumns}, found.room_id, found.at,
          CAST(CASE WHEN m.number > me.read_number THEN 1 ELSE 0 END AS BIGINT), walk.till
        FROM walk LEFT JOIN found ON found.at >= coalesce(walk.till, 0)
        LEFT JOIN members me ON me.room_id = found.room_id AND me.user_id = @user
        LEFT JOIN messages m ON m.room_id = found.room_id AND m.seq = found.seq
        LEFT JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id {QuoteRows.Join}
        ORDER BY found.at DESC, found.room_id DESC, found.seq DESC
        """;

    /// <summary>
    /// Returns a <see cref="MentionPage"/> of the user's present rooms, of messages since they joined. Of each room only the newest ones
    /// are read that a page can have, so every page costs the same, however many messages and mentions there are. Where one has mentioned
    /// all oneself very often, a page is short, even empty, and has a next one.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> ListAsync(UserId user, MessageCursor after, int size, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            ListSql,
            new { user = user.Value, after.At, after.Room, after.Seq, limit = size + 1, last = size, walk = size + Walk });
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        MessageCursor? last = null;
        // Without mentions it has one row all the same.
        await row.ReadAsync(CancellationToken.None);
        var till = row.IsDBNull(TillColumn) ? default(long?) : row.GetInt64(TillColumn);
        var more = !row.IsDBNull(0);
        for (var count = 0; more && count < size; count++)
        {
            var (room, at) = (row.GetInt64(MessageRows.QuotedColumnCount), row.GetInt64(MessageRows.QuotedColumnCount + 1));
            last = new MessageCursor(at, room, row.GetInt64(0));
            writer.WriteStartObject();
            writer.WriteNumber("roomId"u8, last.Room);
            writer.WriteNumber("seq"u8, last.Seq);
            writer.WriteBoolean("unread"u8, row.GetInt64(MessageRows.QuotedColumnCount + 2) > 0);
            writer.WritePropertyName("message"u8);
            MessageRows.Write(writer, row, new RoomId(last.Room), quotes: true);
            writer.WriteEndObject();
            more = await row.ReadAsync(CancellationToken.None);
        }

        writer.WriteEndArray();
        if (more && last is not null) writer.WriteString("next"u8, last.ToString());
        else if (till is { } at) writer.WriteString("next"u8, new MessageCursor(at, 0, 0).ToString());
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

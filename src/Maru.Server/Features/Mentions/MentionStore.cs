using System.Buffers;
using System.Text.Json;
using Dapper;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Mentions;

/// <summary>Lists where somebody is mentioned. Any thread.</summary>
internal sealed class MentionStore(Database database)
{
    // CROSS JOIN: SQLite begins with the table before it.
    private static readonly string ListSql =
        $"""
        WITH found AS MATERIALIZED (
          {Found("me.user_id", "")}
          UNION ALL
          {Found("0", "AND x.sender_id <> me.user_id")}
          ORDER BY 3 DESC, 1 DESC, 2 DESC LIMIT @limit)
        SELECT {MessageRows.ReaderColumns}, found.room_id, found.at, CAST(CASE WHEN m.number > me.read_number THEN 1 ELSE 0 END AS BIGINT)
        FROM found CROSS JOIN members me CROSS JOIN messages m {MessageRows.Joins}
        WHERE me.room_id = found.room_id AND me.user_id = @user AND m.room_id = found.room_id AND m.seq = found.seq
        ORDER BY found.at DESC, found.room_id DESC, found.seq DESC
        """;

    /// <summary>
    /// Returns a <see cref="MentionPage"/> of the user's present rooms, of messages since they joined. Of each room only the newest ones
    /// are read that a page can have, so every page costs the same, however many messages and mentions there are.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> ListAsync(UserId user, MentionCursor after, int size, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await connection.ExecuteReaderAsync(Queries.Command(
            connection,
            ListSql,
            new { user = user.Value, after.At, after.Room, after.Seq, limit = size + 1, last = size }));
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        MentionCursor? last = null;
        var more = await row.ReadAsync(CancellationToken.None);
        for (var count = 0; more && count < size; count++)
        {
            var (room, at) = (row.GetInt64(MessageRows.ReaderColumnCount), row.GetInt64(MessageRows.ReaderColumnCount + 1));
            last = new MentionCursor(at, room, row.GetInt64(0));
            writer.WriteStartObject();
            writer.WriteNumber("roomId"u8, last.Room);
            writer.WriteNumber("seq"u8, last.Seq);
            writer.WriteBoolean("unread"u8, row.GetInt64(MessageRows.ReaderColumnCount + 2) > 0);
            writer.WritePropertyName("message"u8);
            MessageRows.Write(writer, row, new RoomId(last.Room));
            writer.WriteEndObject();
            more = await row.ReadAsync(CancellationToken.None);
        }

        writer.WriteEndArray();
        if (more && last is not null) writer.WriteString("next"u8, last.ToString());
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>
    /// The mentions of a user, or of all, that come behind the cursor: of each room those at least that a page can have.
    /// </summary>
    private static string Found(string user, string others)
    {
        const string Behind =
            """
            (x.at, x.seq) < (@At, CASE WHEN me.room_id = @Room THEN @Seq WHEN me.room_id < @Room THEN 9223372036854775807 ELSE 0 END)
            """;
        var some = $"x.room_id = me.room_id AND x.user_id = {user} AND {Behind} AND x.number > me.join_number {others}";
        return
            $"""
            SELECT x.room_id, x.seq, x.at
            FROM members me JOIN mentions x ON {some} AND x.at >= coalesce((
              SELECT x.at FROM mentions x WHERE {some} AND x.at >= me.joined_at ORDER BY x.at DESC, x.seq DESC LIMIT 1 OFFSET @last),
              me.joined_at)
            WHERE me.user_id = @user
            """;
    }
}

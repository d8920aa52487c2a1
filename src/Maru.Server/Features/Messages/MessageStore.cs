using System.Buffers;
using System.Data.Common;
using System.Globalization;
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
    // Which messages of a page the reader has starred: one look into an index for all of them.
    private const string Starred =
        """
        starred AS MATERIALIZED (
          SELECT string_agg(CAST(x.seq AS TEXT), ' ') AS seqs FROM stars x
          WHERE x.user_id = @user AND x.room_id = @room
            AND x.seq >= (SELECT min(seq) FROM page) AND x.seq <= (SELECT max(seq) FROM page))
        """;

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
              WHERE room_id = @room AND seq < @before AND seq > (
                SELECT CASE WHEN x.hidden > @after THEN x.hidden ELSE @after END
                FROM (SELECT {VisibleSql.HiddenUpTo} AS hidden FROM members me WHERE me.room_id = @room AND me.user_id = @user) x)
              ORDER BY seq {(forwards ? "ASC" : "DESC")} LIMIT @limit),
            {UnreadBySql.Tables},
            {Starred}
            SELECT {MessageRows.ReaderColumns}, {UnreadBySql.Count}, count(*) OVER (), starred.seqs
            FROM members me CROSS JOIN below CROSS JOIN starred LEFT JOIN page m ON m.room_id = me.room_id {UnreadBySql.Join}
            LEFT JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id
            WHERE me.room_id = @room AND me.user_id = @user
            ORDER BY m.seq
            """,
            new { room = room.Value, user = user.Value, before = before ?? long.MaxValue, after = after ?? 0, limit = limit + 1 });
        if (!await row.ReadAsync(CancellationToken.None)) return null;

        // One row more than asked for says that there is more: the last one forwards, the first one backwards.
        var hasMore = row.GetInt64(MessageRows.ReaderColumnCount + 1) > limit;
        var more = !await row.IsDBNullAsync(0, CancellationToken.None);
        var starred = StarredOf(row, MessageRows.ReaderColumnCount + 2);
        if (hasMore && !forwards) more = await row.ReadAsync(CancellationToken.None);

        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        for (var count = 0; more && count < limit; count++)
        {
            var unreadBy = row.GetInt64(MessageRows.ReaderColumnCount);
            MessageRows.Write(writer, row, room, unreadBy, starred?.Contains(row.GetInt64(0)) is true);
            more = await row.ReadAsync(CancellationToken.None);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("hasMore"u8, hasMore);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Returns one <see cref="Message"/>; null: the user is no member, or sees no message of that seq.</summary>
    public async Task<ReadOnlyMemory<byte>?> FindAsync(RoomId room, UserId user, long seq, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            WITH page AS (SELECT * FROM messages WHERE room_id = @room AND seq = @seq),
            {UnreadBySql.Tables},
            {Starred}
            SELECT {MessageRows.ReaderColumns}, {UnreadBySql.Count}, starred.seqs
            FROM members me CROSS JOIN below CROSS JOIN starred JOIN page m ON m.room_id = me.room_id {UnreadBySql.Join} {MessageRows.Joins}
            WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
            """,
            new { room = room.Value, user = user.Value, seq });
        if (!await row.ReadAsync(CancellationToken.None)) return null;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        var starred = StarredOf(row, MessageRows.ReaderColumnCount + 1) is not null;
        MessageRows.Write(writer, row, room, row.GetInt64(MessageRows.ReaderColumnCount), starred);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Returns the seqs of a page's starred messages; null: none.</summary>
    private static HashSet<long>? StarredOf(DbDataReader row, int column) => row.IsDBNull(column)
        ? null
        : [.. row.GetString(column).Split(' ').Select(seq => long.Parse(seq, CultureInfo.InvariantCulture))];
}

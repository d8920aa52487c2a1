using System.Buffers;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Server.Features.ReadState;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Messages;

/// <summary>
/// Reads pages of a room's messages as JSON, for members: each is one statement and a walk of an index, so every page costs the same. It is
/// complete before the first byte goes out: a slow client holds no state of the store. Any thread.
/// </summary>
internal sealed class MessagePages(Database database)
{
    // Behind the reader's columns.
    private const int UnreadByColumn = MessageRows.QuotedColumnCount;
    private const int OlderColumn = UnreadByColumn + UnreadBySql.ColumnCount;
    private const int FoundColumn = OlderColumn + 1;
    private const int HeadColumn = FoundColumn + 1;
    private const int StarredColumn = HeadColumn + 1;

    /// <summary>
    /// The place of a time: the first message at or after it has this seq, or a later one. A room's time never goes back, so half of the
    /// log is left with each step, and no message needs a row in an index by time.
    /// </summary>
    private const string Probe =
        $"""
        probe (lo, hi) AS (
          SELECT CAST(1 AS BIGINT), h.last_seq + 1 FROM room_heads h WHERE h.room_id = @room
          UNION ALL
          SELECT CASE WHEN {Middle} < @At THEN (p.lo + p.hi) / 2 + 1 ELSE p.lo END,
            CASE WHEN {Middle} < @At THEN p.hi ELSE (p.lo + p.hi) / 2 END
          FROM probe p WHERE p.lo < p.hi)
        """;

    /// <summary>When the first message of the later half was sent; null: it has none.</summary>
    private const string Middle =
        "(SELECT m.at FROM messages m WHERE m.room_id = @room AND m.seq >= (p.lo + p.hi) / 2 ORDER BY m.seq LIMIT 1)";

    /// <summary>The seq up to which messages are hidden from the user; no row: they are no member.</summary>
    private const string Hidden =
        $"(SELECT {VisibleSql.HiddenUpTo} AS hidden FROM members me WHERE me.room_id = @room AND me.user_id = @user)";

    /// <summary>Returns a <see cref="MessagePage"/> before or behind a seq; null: the user is no member.</summary>
    public Task<ReadOnlyMemory<byte>?> HistoryAsync(RoomId room, UserId user, HistoryRequest request, CancellationToken ct) =>
        ReadAsync(room, user, Part(request, "room_id = @room"), StarredMessages.InSpan, "", request, 0, ct);

    /// <summary>
    /// Returns a <see cref="MessagePage"/> of the replies to a message; null: the user is no member, or sees no message of that seq.
    /// </summary>
    public Task<ReadOnlyMemory<byte>?> RepliesAsync(RoomId room, UserId user, long seq, HistoryRequest request, CancellationToken ct) =>
        ReadAsync(
            room, user, Part(request, "room_id = @room AND reply_to = @seq"), StarredMessages.OfEach,
            $"JOIN messages o ON o.room_id = me.room_id AND o.seq = @seq AND o.seq > {VisibleSql.HiddenUpTo}", request, seq, ct);

    /// <summary>
    /// Returns a <see cref="MessagePage"/> with as many messages before a place as from it on; null: the user is no member. A place that
    /// is hidden from them is the first one that is not.
    /// </summary>
    public Task<ReadOnlyMemory<byte>?> AroundAsync(RoomId room, UserId user, Jump jump, int size, CancellationToken ct)
    {
        var place = jump.Seq is null ? "(SELECT max(lo) FROM probe)" : "@seq";
        var found =
            $"""
            place (hidden, seq) AS MATERIALIZED (
              SELECT x.hidden, CASE WHEN {place} > x.hidden THEN {place} ELSE x.hidden + 1 END FROM {Hidden} x),
            found AS (
              SELECT a.seq, a.number, 1 AS older FROM (
                SELECT seq, number FROM messages
                WHERE room_id = @room AND seq > (SELECT hidden FROM place) AND seq < (SELECT seq FROM place)
                ORDER BY seq DESC LIMIT @before) a
              UNION ALL
              SELECT b.seq, b.number, 0 AS older FROM (
                SELECT seq, number FROM messages
                WHERE room_id = @room AND seq >= (SELECT seq FROM place)
                ORDER BY seq LIMIT @behind) b)
            """;
        var (before, behind) = (size / 2, size - (size / 2));
        var sql = Sql(jump.Seq is null ? $"{Probe}, {found}" : found, StarredMessages.InSpan, "");
        var arguments = new
        {
            room = room.Value,
            user = user.Value,
            seq = jump.Seq ?? 0,
            jump.At,
            before = before + 1,
            behind = behind + 1,
        };
        return ReadAsync(room, sql, arguments, before, behind, both: true, ct);
    }

    /// <summary>
    /// Returns the table of the places of a page on one side of a bound, and one more, which tells that there is more. Their messages are
    /// read by key: tables that are counted over are narrow.
    /// </summary>
    private static string Part(HistoryRequest request, string condition)
    {
        var forwards = request.After is not null;
        return
            $"""
            found AS (
              SELECT seq, number, {(forwards ? 0 : 1)} AS older FROM messages
              WHERE {condition} AND seq < @before
                AND seq > (SELECT CASE WHEN x.hidden > @after THEN x.hidden ELSE @after END FROM {Hidden} x)
              ORDER BY seq {(forwards ? "ASC" : "DESC")} LIMIT @limit)
            """;
    }

    private static string Sql(string found, string starred, string target) =>
        $"""
        WITH RECURSIVE {found},
        page AS MATERIALIZED (
          SELECT y.seq, lag(y.number, 1, CAST(0 AS BIGINT)) OVER (ORDER BY y.seq) AS since,
            sum(y.older) OVER () AS before, count(*) OVER () AS found
          FROM found y),
        {starred}
        SELECT {MessageRows.QuotedColumns}, {UnreadBySql.Columns}, page.before, page.found, h.last_seq, starred.seqs
        FROM members me JOIN room_heads h ON h.room_id = me.room_id {target}
        CROSS JOIN starred LEFT JOIN page ON true
        LEFT JOIN messages m ON m.room_id = me.room_id AND m.seq = page.seq {UnreadBySql.Join}
        LEFT JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id {QuoteRows.Join}
        WHERE me.room_id = @room AND me.user_id = @user
        ORDER BY page.seq
        """;

    private Task<ReadOnlyMemory<byte>?> ReadAsync(
        RoomId room, UserId user, string found, string starred, string target, HistoryRequest request, long seq, CancellationToken ct)
    {
        var arguments = new
        {
            room = room.Value,
            user = user.Value,
            seq,
            before = request.Before ?? long.MaxValue,
            after = request.After ?? 0,
            limit = request.Size + 1,
        };
        return ReadAsync(room, Sql(found, starred, target), arguments, request.Size, request.Size, both: false, ct);
    }

    /// <param name="before">the most messages that the page has before its place</param>
    /// <param name="behind">and from there on</param>
    /// <param name="both">true: it tells in both directions whether there are more</param>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(
        RoomId room, string sql, object arguments, int before, int behind, bool both, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(connection, sql, arguments);
        if (!await row.ReadAsync(CancellationToken.None)) return null;

        var isEmpty = await row.IsDBNullAsync(0, CancellationToken.None);
        var (older, found) = isEmpty ? (0, 0) : (row.GetInt64(OlderColumn), row.GetInt64(FoundColumn));
        var (hasOlder, hasNewer) = (older > before, found - older > behind);
        var head = row.GetInt64(HeadColumn);
        var starred = StarredMessages.Read(row, StarredColumn);

        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        var (first, end, unread) = (hasOlder ? 1 : 0, hasNewer ? found - 1 : found, 0L);
        for (var i = 0L; i < end; i++)
        {
            unread += row.GetInt64(UnreadByColumn);
            if (i >= first)
            {
                var unreadBy = unread - row.GetInt64(UnreadByColumn + 1);
                MessageRows.Write(writer, row, room, unreadBy, starred?.Contains(row.GetInt64(0)) is true, quotes: true);
            }

            await row.ReadAsync(CancellationToken.None);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("hasMore"u8, hasOlder || (hasNewer && !both));
        if (both) writer.WriteBoolean("hasMoreAfter"u8, hasNewer);
        writer.WriteNumber("lastSeq"u8, head);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

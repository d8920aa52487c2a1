using System.Collections.Frozen;
using System.Data.Common;
using System.Globalization;
using Maru.Engine;
using Maru.Engine.People;
using Maru.Server.Features.OwnSettings;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>Reads which mentions are new, for those who are told of them. Any thread.</summary>
internal sealed class MentionNewsStore(Database database, TimeProvider time)
{
    private const int Most = 500;

    /// <summary>Returns the mentions that entries of rooms made, of very many the newest, as events.</summary>
    /// <param name="ranges">behind one seq of a room, up to another</param>
    /// <param name="ct">cancelled when the server stops</param>
    public async Task<IReadOnlyList<MentionNews>> ReadAsync(
        IReadOnlyCollection<(RoomId Room, long After, long Last)> ranges, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            WITH x (room_id, after, last) AS ROWS @rows,
            made AS MATERIALIZED (
              SELECT n.room_id, n.seq, n.entry_seq, n.sender_id, string_agg(CAST(n.user_id AS TEXT), ' ') AS users,
                min(n.user_id) AS least
              FROM x CROSS JOIN mentions n WHERE n.room_id = x.room_id AND n.entry_seq > x.after AND n.entry_seq <= x.last
                AND n.user_id >= 0 AND NOT EXISTS (
                  SELECT 1 FROM room_settings ms WHERE ms.user_id = n.user_id AND ms.room_id = n.room_id AND {SettingsRow.IsQuiet})
              GROUP BY n.room_id, n.seq, n.entry_seq, n.sender_id
              ORDER BY max(n.at) DESC, n.entry_seq DESC LIMIT {Most}),
            quiet AS MATERIALIZED (
              SELECT y.room_id, y.first, (
                SELECT string_agg(CAST(ms.user_id AS TEXT), ' ') FROM room_settings ms
                WHERE ms.room_id = y.room_id AND {SettingsRow.IsQuiet}) AS users
              FROM (SELECT room_id, min(entry_seq) AS first FROM made WHERE least = 0 GROUP BY room_id) y)
            SELECT {MessageRows.Columns}, made.room_id, made.entry_seq, made.sender_id, made.users, (
              SELECT string_agg((-k.user_id) || ' ' || k.entry_seq, ' ') FROM mentions k
              WHERE k.room_id = made.room_id AND k.seq = made.seq AND k.user_id < 0), quiet.users
            FROM made CROSS JOIN messages m {MessageRows.Joins}
            LEFT JOIN quiet ON quiet.room_id = made.room_id AND quiet.first = made.entry_seq
            WHERE m.room_id = made.room_id AND m.seq = made.seq
            ORDER BY made.entry_seq
            """,
            new { rows = Dialect.Rows(ranges.Select(x => (long[])[x.Room.Value, x.After, x.Last])), now });
        List<MentionNews> news = [];
        Dictionary<RoomId, HashSet<UserId>> quiet = [];
        while (await row.ReadAsync(CancellationToken.None))
        {
            var room = new RoomId(row.GetInt64(MessageRows.ColumnCount));
            var users = Numbers(row, MessageRows.ColumnCount + 3);
            var known = Numbers(row, MessageRows.ColumnCount + 4);
            // Once a room, beside the first that mentions all.
            if (Numbers(row, MessageRows.ColumnCount + 5) is { Length: > 0 } some) quiet.Add(room, [.. some.Select(x => new UserId(x))]);
            news.Add(new MentionNews(
                room,
                row.GetInt64(0),
                row.GetInt64(MessageRows.ColumnCount + 1),
                new UserId(row.GetInt64(MessageRows.ColumnCount + 2)),
                [.. users.Select(x => new UserId(x))],
                MessageRows.Mention(row, room))
            {
                Known = [.. known.Chunk(2).Select(x => (new UserId(x[0]), x[1]))],
                Quiet = quiet.TryGetValue(room, out var hushed) ? hushed : FrozenSet<UserId>.Empty,
            });
        }

        await EventLoop.LeaveAsync();
        return news;
    }

    private static long[] Numbers(DbDataReader row, int column) =>
        row.IsDBNull(column) ? [] : [.. row.GetString(column).Split(' ').Select(x => long.Parse(x, CultureInfo.InvariantCulture))];
}

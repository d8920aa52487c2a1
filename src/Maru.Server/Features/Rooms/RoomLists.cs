using System.Buffers;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using Maru.Engine;
using Maru.Server.Features.Messages;
using Maru.Server.Platform.Text;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>Rooms by the page. Any thread.</summary>
internal sealed class RoomLists(Database database)
{
    /// <summary>Public rooms whose name contains the query. Walks the rooms, not what is in them; each page is one statement.</summary>
    /// <param name="query">as <see cref="TextPolicy.NameKey"/> makes it</param>
    public async Task<RoomPage> DiscoverAsync(UserId user, string query, RoomSort sort, Cursor? after, int limit, CancellationToken ct)
    {
        var rooms = await database.ListAsync<RoomRow>(
            $"""
            SELECT {RoomRow.Columns} FROM {RoomRow.Tables}
            WHERE r.visibility = 'public' AND r.deleted_at IS NULL AND (@query = '' OR r.name_key LIKE @pattern ESCAPE '!')
              {(after is null ? "" : $"AND ({sort.Column}, r.id) {(sort.Descends ? '<' : '>')} (@key, @id)")}
            ORDER BY {sort.Column} {sort.Direction}, r.id {sort.Direction} LIMIT @limit
            """,
            new { User = user.Value, query, pattern = Pattern(query), key = sort.KeyOf(after), id = after?.Id, limit = limit + 1 },
            ct);
        return Page([.. rooms.Select(room => room.ToRoom())], limit, last => sort.CursorOf(rooms[last]));
    }

    /// <summary>The user's own rooms with their last messages, newest activity first. Only heads are sorted; rooms and messages are read for the page alone.</summary>
    public async Task<RoomPage> MineAsync(UserId user, Cursor? after, int limit, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var reader = await connection.ExecuteReaderAsync(Queries.Command(
            connection,
            $"""
            WITH mine AS MATERIALIZED (
              SELECT x.room_id FROM members x JOIN room_heads y ON y.room_id = x.room_id
              WHERE x.user_id = @User {(after is null ? "" : "AND (y.last_at, x.room_id) < (@key, @id)")}
              ORDER BY y.last_at DESC, x.room_id DESC LIMIT @limit)
            SELECT {MessageRows.Columns}, {RoomRow.Columns} FROM mine JOIN rooms r ON r.id = mine.room_id {RoomRow.Joins}
            LEFT JOIN messages m ON m.room_id = r.id AND m.seq = (SELECT max(z.seq) FROM messages z WHERE z.room_id = r.id)
            LEFT JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id
            ORDER BY h.last_at DESC, r.id DESC
            """,
            new { User = user.Value, key = after?.Number, id = after?.Id, limit = limit + 1 }));
        List<RoomRow> rows = [];
        List<Room> rooms = [];
        var parse = reader.GetRowParser<RoomRow>(startIndex: MessageRows.ColumnCount);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            var row = parse(reader);
            rows.Add(row);
            rooms.Add(row.ToRoom() with { LastMessage = await reader.IsDBNullAsync(0, CancellationToken.None) ? null : Message(reader, new RoomId(row.Id)) });
        }

        return Page(rooms, limit, last => RoomSort.Activity.CursorOf(rows[last]));
    }

    /// <summary>By way of its JSON, which only <see cref="MessageRows"/> makes from a row.</summary>
    private static Message? Message(DbDataReader row, RoomId room)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        MessageRows.Write(writer, row, room);
        writer.Flush();
        return JsonSerializer.Deserialize(buffer.WrittenSpan, MessagesJson.Default.Message);
    }

    /// <summary>One row more than asked for says that there is a next page.</summary>
    private static RoomPage Page(List<Room> rooms, int limit, Func<int, Cursor> cursor) =>
        rooms.Count > limit ? new RoomPage(rooms[..limit], cursor(limit - 1).ToString()) : new RoomPage(rooms, null);

    private static string Pattern(string query) => $"%{query.Replace("!", "!!").Replace("%", "!%").Replace("_", "!_")}%";
}

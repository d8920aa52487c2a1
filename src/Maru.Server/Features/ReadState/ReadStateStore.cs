using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>Reads what is unread, and who has read. Any thread.</summary>
internal sealed class ReadStateStore(Database database)
{
    /// <summary>Those with a position at or behind a message, in the order of their positions.</summary>
    private const string Behind =
        """
        FROM members m WHERE m.room_id = @room AND (m.read_number, m.user_id) > (@position, @reader)
        ORDER BY m.read_number, m.user_id
        """;

    // CROSS JOIN: SQLite begins with the table before it.
    private static readonly string Readers =
        $"""
        SELECT {UserRow.Columns("u")}, m.read_number, m.read_at
        FROM (SELECT m.user_id, m.join_number, m.read_number, m.read_at {Behind} LIMIT {NameSearch.Walk}) m CROSS JOIN users u
        WHERE m.join_number < @Number AND m.user_id <> @SenderId AND u.id = m.user_id AND (u.hides_reads = 0 OR u.id = @user)
        LIMIT @limit
        """;

    /// <summary>The last position that the walk looked at.</summary>
    private static readonly string EndOfWalk = $"SELECT m.read_number, m.user_id {Behind} LIMIT 1 OFFSET {NameSearch.Walk - 1}";

    /// <summary>Returns what the user has not read in a room; null: they are no member.</summary>
    public Task<RoomReadState?> FindAsync(RoomId room, UserId user, CancellationToken ct) => database.FirstAsync<RoomReadState>(
        $"""
        SELECT me.read_seq, {UnreadSql.Count} AS unread, {UnreadSql.Mentions} AS mentions, (
          SELECT f.seq
          FROM (SELECT seq, type, sender_id, deleted_at FROM messages WHERE room_id = @room AND seq > me.read_seq ORDER BY seq LIMIT 1000) f
          WHERE f.type = @message AND f.sender_id <> @user AND f.deleted_at IS NULL ORDER BY f.seq LIMIT 1) AS first_unread
        FROM members me JOIN room_heads h ON h.room_id = me.room_id {UnreadSql.Join}
        WHERE me.room_id = @room AND me.user_id = @user
        """,
        new { room = room.Value, user = user.Value, message = EntryKind.MessageCreated.Number },
        ct);

    /// <summary>Returns what the user has not read in all of their rooms.</summary>
    public async Task<UnreadTotal> TotalAsync(UserId user, CancellationToken ct) => await database.FirstAsync<UnreadTotal>(
        $"""
        SELECT CAST(coalesce(sum(x.unread), 0) AS BIGINT) AS unread, CAST(coalesce(sum(x.mentions), 0) AS BIGINT) AS mentions,
          count(*) AS rooms
        FROM (
          SELECT {UnreadSql.Count} AS unread, {UnreadSql.Mentions} AS mentions
          FROM members me JOIN room_heads h ON h.room_id = me.room_id {UnreadSql.Join}
          WHERE me.user_id = @Value) x
        WHERE x.unread > 0
        """,
        user,
        ct) ?? new UnreadTotal(0, 0, 0);

    /// <summary>Returns what the user has not read in each of their rooms.</summary>
    public async Task<IReadOnlyList<Unread>> OfUserAsync(UserId user, CancellationToken ct)
    {
        var rows = await database.ListAsync<UnreadRow>(
            $"""
            SELECT {UnreadRow.Columns}
            FROM members me JOIN room_heads h ON h.room_id = me.room_id {UnreadSql.Join}
            WHERE me.user_id = @Value
            """,
            user,
            ct);
        return [.. rows.Select(x => x.ToUnread())];
    }

    /// <summary>Returns what users have not read in rooms; who is no member is left out.</summary>
    public async Task<IReadOnlyList<Unread>> OfMembersAsync(IReadOnlyCollection<(UserId User, RoomId Room)> pairs, CancellationToken ct)
    {
        var rows = await database.ListAsync<UnreadRow>(
            $"""
            WITH x (user_id, room_id) AS ROWS @rows
            SELECT {UnreadRow.Columns}
            FROM x JOIN members me ON me.room_id = x.room_id AND me.user_id = x.user_id
            JOIN room_heads h ON h.room_id = me.room_id {UnreadSql.Join}
            """,
            new { rows = Dialect.Rows(pairs.Select(x => (long[])[x.User.Value, x.Room.Value])) },
            ct);
        return [.. rows.Select(x => x.ToUnread())];
    }

    /// <summary>Returns the user's rooms with entries behind their position, each with its last seq.</summary>
    public async Task<IReadOnlyList<(RoomId Room, long LastSeq)>> ListBehindAsync(UserId user, CancellationToken ct)
    {
        var rooms = await database.ListAsync<RoomEnd>(
            """
            SELECT h.room_id, h.last_seq FROM members me JOIN room_heads h ON h.room_id = me.room_id
            WHERE me.user_id = @Value AND me.read_seq < h.last_seq
            """,
            user,
            ct);
        return [.. rooms.Select(x => (new RoomId(x.RoomId), x.LastSeq))];
    }

    /// <summary>
    /// Returns a page of the members who have read a message, but for its sender, those who joined later and those who hide it; null: the
    /// user is no member, or sees no such message. It looks at <see cref="NameSearch.Walk"/> positions at most: where very many joined
    /// later, a page is short, even empty, and has a next one.
    /// </summary>
    public async Task<ReaderPage?> ReadersAsync(RoomId room, UserId user, long seq, PageRequest page, CancellationToken ct)
    {
        var message = await database.FirstAsync<MessageNumber>(
            $"""
            SELECT m.number, m.sender_id FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq AND m.type = @message
            WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
            """,
            new { room = room.Value, user = user.Value, seq, message = EntryKind.MessageCreated.Number },
            ct);
        if (message is null) return null;
        var (size, limit) = (page.Size, page.Size + 1);
        var (position, reader) = (message.Number, 0L);
        if (page.After is { NumericKey: { } key, Id: var id } && key >= position) (position, reader) = (key, id);
        var arguments = new
        {
            room = room.Value,
            user = user.Value,
            message.Number,
            message.SenderId,
            position,
            reader,
            limit,
        };
        var rows = await database.ListAsync<ReaderRow>(Readers, arguments, ct);
        // With too few, the walk may have ended before the list.
        var last = rows.Count > size
            ? new Position(rows[size - 1].ReadNumber, rows[size - 1].Id)
            : await database.FirstAsync<Position>(EndOfWalk, arguments, ct);
        var next = last is null ? null : new PageCursor(last.ReadNumber, last.UserId).ToString();
        return new ReaderPage([.. rows.Take(size).Select(row => row.ToReader())], next);
    }

    private sealed record UnreadRow(
        long UserId, long RoomId, long Joined, long LastSeq, long Messages, long Unread, long Mentions)
    {
        public static readonly string Columns =
            $"""
            me.user_id, me.room_id, coalesce(me.join_seq, 0) AS joined, h.last_seq, h.messages,
              {UnreadSql.Count} AS unread, {UnreadSql.Mentions} AS mentions
            """;

        public Unread ToUnread() =>
            new(new UserId(UserId), new RoomId(RoomId), new RoomHead(LastSeq, Messages), Joined, Unread, Mentions);
    }

    private sealed record RoomEnd(long RoomId, long LastSeq);

    private sealed record Position(long ReadNumber, long UserId);

    private sealed record MessageNumber(long Number, long SenderId);

    private sealed record ReaderRow(long Id, string Handle, string Name, string? AvatarUrl, long ReadNumber, long? ReadAt)
    {
        public Reader ToReader() =>
            new(new User(Id, Handle, Name, AvatarUrl), DateTimeOffset.FromUnixTimeMilliseconds(ReadAt ?? 0));
    }
}

using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Discover;
using Maru.Server.Platform.Http;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>The list of public rooms, searched and sorted: see <see cref="NameSearch"/> for what a page costs. Any thread.</summary>
internal sealed class RoomDirectory(Database database, TimeProvider time)
{
    private const string IsListed = "r.visibility = 'public' AND r.deleted_at IS NULL";

    private const string Columns =
        $"""
        r.id, r.name, r.description, r.password_hash, r.member_count, h.last_seq, r.topic, r.avatar_url, h.slow_mode, h.read_only,
          r.allows_guests, r.history, r.link_previews, {RecentSql.Count}
        """;

    private const string From =
        """
        FROM page JOIN rooms r ON r.id = page.id JOIN room_heads h ON h.room_id = page.id LEFT JOIN recent ON recent.id = page.id
        """;

    /// <summary>Returns a page of the public rooms whose name contains the text.</summary>
    public async Task<RoomPage> PageAsync(UserId user, NameSearch search, RoomSort sort, PageRequest page, CancellationToken ct)
    {
        var isFew = await CountAsync(search, ct) <= NameSearch.Few;
        var after = page.After;
        var arguments = new
        {
            User = user.Value,
            search.From,
            search.To,
            search.Pattern,
            key = sort.KeyOf(after),
            id = after?.Id,
            limit = page.Size + 1,
            since = Since(),
        };
        var rooms = await database.ListAsync<ListedRoom>(
            $"""
            WITH RECURSIVE {(isFew ? Few(search, sort, after) : Many(search, sort, after))},
            {RecentSql.Tables}
            SELECT CAST(page.value AS TEXT) AS sort_key, me.role, {Columns}
            {From}
            LEFT JOIN members me ON me.room_id = page.id AND me.user_id = @User
            ORDER BY {sort.By("page.value", "page.id")}
            """,
            arguments,
            ct);
        // One row more than asked for says that there is a next page; with too few, the walk may have ended before the list.
        var last = rooms.Count > page.Size
            ? rooms[page.Size - 1].Cursor
            : isFew || search.FindsAll ? null : await EndOfWalkAsync(sort, after, arguments, ct);
        return new RoomPage([.. rooms.Take(page.Size).Select(room => room.ToRoom())], last?.ToString());
    }

    /// <summary>
    /// Returns those of the rooms that are in the list, as everybody sees them; and those that were in it when they were deleted, with no
    /// state.
    /// </summary>
    public async Task<IReadOnlyList<PublicRoom>> ReadAsync(IReadOnlyCollection<RoomId> rooms, CancellationToken ct)
    {
        var listed = await database.ListAsync<ListedRoom>(
            $"""
            WITH RECURSIVE page AS MATERIALIZED (SELECT r.id FROM rooms r WHERE r.id IN @ids AND {IsListed}),
            {RecentSql.Tables}
            SELECT '' AS sort_key, '' AS role, {Columns} {From}
            """,
            new { ids = rooms.Select(x => x.Value).ToArray(), since = Since() },
            ct);
        List<PublicRoom> found = [.. listed.Select(x => new PublicRoom(new RoomId(x.Id), x.ToJson(), x.RecentMessages))];
        var others = rooms.Select(x => x.Value).Except(listed.Select(x => x.Id)).ToArray();
        if (others.Length == 0) return found;
        var deleted = await database.ListAsync<long>(
            "SELECT id FROM rooms WHERE id IN @others AND visibility = 'public' AND deleted_at IS NOT NULL", new { others }, ct);
        return [.. found, .. deleted.Select(id => new PublicRoom(new RoomId(id), default, 0))];
    }

    /// <summary>Returns the rooms of the list in which something was written in the last ten minutes, up to a number.</summary>
    public async Task<IReadOnlyList<RoomId>> BusyAsync(int most, CancellationToken ct)
    {
        var rooms = await database.ListAsync<long>(
            $"SELECT r.id FROM rooms r WHERE {IsListed} AND r.active_at > @since ORDER BY r.active_at DESC, r.id DESC LIMIT @most",
            new { most, since = Since() - (long)RoomActivity.Behind.TotalMilliseconds },
            ct);
        return [.. rooms.Select(id => new RoomId(id))];
    }

    private long Since() => (time.GetUtcNow() - RecentSql.Span).ToUnixTimeMilliseconds();

    /// <summary>Counts what the text is found in, up to one more than are few.</summary>
    private Task<long> CountAsync(NameSearch search, CancellationToken ct) => database.FirstAsync<long>(
        search.FindsAll
            ? $"""
              SELECT count(*)
              FROM (SELECT 1 FROM rooms r WHERE {IsListed} ORDER BY r.active_at, r.id LIMIT {NameSearch.Few + 1}) x
              """
            : $"SELECT count(*) FROM (SELECT 1 FROM room_parts WHERE part >= @From AND part < @To LIMIT {NameSearch.Few + 1}) x",
        new { search.From, search.To },
        ct);

    /// <summary>
    /// Selects the ids and sort values of a page out of few rooms, exactly as they are now. One room is looked up after the other: as a
    /// join, PostgreSQL may begin with all rooms.
    /// </summary>
    private static string Few(NameSearch search, RoomSort sort, PageCursor? after)
    {
        var found = search.FindsAll
            ? $"SELECT r.id FROM rooms r WHERE {IsListed} ORDER BY r.active_at, r.id LIMIT {NameSearch.Few}"
            : $"SELECT room_id AS id FROM room_parts WHERE part >= @From AND part < @To LIMIT {NameSearch.Few}";
        return $"""
            few AS MATERIALIZED (
              SELECT x.id, (
                SELECT {sort.Exact} FROM rooms r JOIN room_heads h ON h.room_id = r.id
                WHERE r.id = x.id AND {IsListed} AND r.name_key LIKE @Pattern ESCAPE '!') AS value
              FROM (SELECT DISTINCT id FROM ({found}) y) x),
            page AS MATERIALIZED (
              SELECT id, value FROM few WHERE value IS NOT NULL {sort.Behind(after, "value", "id")}
              ORDER BY {sort.By("value", "id")} LIMIT @limit)
            """;
    }

    /// <summary>Selects the same out of many rooms by a walk along their index, whose order the outer query keeps.</summary>
    private static string Many(NameSearch search, RoomSort sort, PageCursor? after) =>
        $"""
        page AS MATERIALIZED (
          SELECT id, value
          FROM (
            SELECT r.id, {sort.Column} AS value, r.name_key FROM rooms r WHERE {IsListed} {sort.Behind(after, sort.Column, "r.id")}
            ORDER BY {sort.By(sort.Column, "r.id")} LIMIT {NameSearch.Walk}) x
          {(search.FindsAll ? "" : "WHERE name_key LIKE @Pattern ESCAPE '!'")} LIMIT @limit)
        """;

    /// <summary>Returns the last room that the walk looked at; null: it came to the end of the list.</summary>
    private async Task<PageCursor?> EndOfWalkAsync(RoomSort sort, PageCursor? after, object arguments, CancellationToken ct)
    {
        var end = await database.FirstAsync<WalkEnd>(
            $"""
            SELECT CAST({sort.Column} AS TEXT) AS sort_key, r.id FROM rooms r WHERE {IsListed} {sort.Behind(after, sort.Column, "r.id")}
            ORDER BY {sort.By(sort.Column, "r.id")} LIMIT 1 OFFSET {NameSearch.Walk - 1}
            """,
            arguments,
            ct);
        return end is null ? null : new PageCursor(end.SortKey, end.Id);
    }

    private sealed record WalkEnd(string SortKey, long Id);

    private sealed record ListedRoom(
        string SortKey, string? Role, long Id, string Name, string Description, string? PasswordHash, long MemberCount, long LastSeq,
        string Topic, string? AvatarUrl, long SlowMode, long ReadOnly, long AllowsGuests, string History, long LinkPreviews,
        long RecentMessages)
    {
        public PageCursor Cursor => new(SortKey, Id);

        public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(ToRoom(), RoomJson.Events.Room);

        public Room ToRoom() => new(
            Id, "group", Name, Description, "public", PasswordHash is not null, MemberCount, LastSeq, History,
            Role is { Length: > 0 } ? Role : null,
            Topic.Length > 0 ? Topic : null, AvatarUrl, SlowMode > 0 ? (int)SlowMode : null, ReadOnly > 0 ? true : null)
        {
            Guests = AllowsGuests != 0 ? true : null,
            LinkPreviews = LinkPreviews == 0 ? false : null,
            RecentMessages = RecentMessages,
        };
    }
}

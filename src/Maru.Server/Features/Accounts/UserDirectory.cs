using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// The list of all users, and its search: first those whose handle begins with the text, then those who have it elsewhere, each by handle.
/// See <see cref="NameSearch"/> for what a page costs. Any thread.
/// </summary>
internal sealed class UserDirectory(Database database)
{
    // The id of a page's cursor: which of the two its last user is among.
    private const long First = 0;
    private const long Then = 1;

    private const string IsFound = "(u.handle LIKE @Pattern ESCAPE '!' OR u.name_key LIKE @Pattern ESCAPE '!')";
    private const string Begins = "(u.handle >= @Text AND u.handle < @TextEnd)";

    /// <summary>Returns a page of the users whose handle or name contains the text.</summary>
    public async Task<UserPage> PageAsync(NameSearch search, PageRequest page, CancellationToken ct)
    {
        var after = page.After ?? new PageCursor(First);
        if (!search.FindsAll && await CountAsync(search, ct) <= NameSearch.Few) return await FewAsync(search, after, page.Size, ct);

        // One row more than asked for says that there is a next page.
        List<User> users = [];
        if (after.Id == First) users.AddRange(await ReadAsync(BeginningUsers, search, after.Key, page.Size + 1, ct));
        var first = users.Count;
        if (first > page.Size) return Page(users, page.Size, First);
        if (search.FindsAll) return new UserPage(users, null);

        var from = after.Id == First ? "" : after.Key;
        users.AddRange(await ReadAsync(OtherUsers, search, from, page.Size + 1 - first, ct));
        if (users.Count > page.Size) return Page(users, page.Size, first == page.Size ? First : Then);
        // With too few, the walk may have ended before the list.
        var end = await database.FirstAsync<string>(EndOfWalk, new { after = from }, ct);
        return new UserPage(users, end is null ? null : new PageCursor(end, Then).ToString());
    }

    private async Task<UserPage> FewAsync(NameSearch search, PageCursor after, int size, CancellationToken ct)
    {
        var arguments = new
        {
            search.From,
            search.To,
            search.Text,
            search.TextEnd,
            search.Pattern,
            place = after.Id,
            after = after.Key,
            limit = size + 1,
        };
        var users = await database.ListAsync<User>(FewUsers, arguments, ct);
        if (users.Count <= size) return new UserPage(users, null);
        return Page(users, size, users[size - 1].Handle.StartsWith(search.Text, StringComparison.Ordinal) ? First : Then);
    }

    private static UserPage Page(IReadOnlyList<User> users, int size, long place) =>
        new([.. users.Take(size)], new PageCursor(users[size - 1].Handle, place).ToString());

    private Task<IReadOnlyList<User>> ReadAsync(string sql, NameSearch search, string after, int limit, CancellationToken ct) =>
        database.ListAsync<User>(sql, new { search.Text, search.TextEnd, search.Pattern, after, limit }, ct);

    /// <summary>Counts the parts that the text begins, up to one more than are few.</summary>
    private Task<long> CountAsync(NameSearch search, CancellationToken ct) => database.FirstAsync<long>(
        $"SELECT count(*) FROM (SELECT 1 FROM user_parts WHERE part >= @From AND part < @To LIMIT {NameSearch.Few + 1}) x",
        new { search.From, search.To },
        ct);

    /// <summary>One user is looked up after the other: as a join, PostgreSQL may begin with all users.</summary>
    private static string FewUsers =>
        $"""
        WITH few AS MATERIALIZED (
          SELECT x.id, (SELECT u.handle FROM users u WHERE u.id = x.id AND u.deleted_at IS NULL AND {IsFound}) AS handle
          FROM (
            SELECT DISTINCT id FROM (
              SELECT user_id AS id FROM user_parts WHERE part >= @From AND part < @To LIMIT {NameSearch.Few}) y) x),
        placed AS MATERIALIZED (
          SELECT u.id, u.handle, CASE WHEN {Begins} THEN {First} ELSE {Then} END AS place FROM few u WHERE u.handle IS NOT NULL),
        page AS MATERIALIZED (
          SELECT id, handle, place FROM placed WHERE (place, handle) > (@place, @after) ORDER BY place, handle LIMIT @limit)
        SELECT {UserRow.Columns("u")} FROM page JOIN users u ON u.id = page.id ORDER BY page.place, page.handle
        """;

    private static string BeginningUsers =>
        $"""
        SELECT {UserRow.Columns("u")} FROM users u WHERE u.deleted_at IS NULL AND {Begins} AND u.handle > @after
        ORDER BY u.handle LIMIT @limit
        """;

    /// <summary>A walk along the index of handles, whose order the outer query keeps.</summary>
    private static string OtherUsers =>
        $"""
        SELECT {UserRow.Columns("u")}
        FROM (
          SELECT {UserRow.Columns("u")}, u.name_key FROM users u WHERE u.deleted_at IS NULL AND u.handle > @after
          ORDER BY u.handle LIMIT {NameSearch.Walk}) u
        WHERE {IsFound} AND NOT {Begins} LIMIT @limit
        """;

    /// <summary>The last user that the walk looked at.</summary>
    private static string EndOfWalk =>
        $"""
        SELECT u.handle FROM users u WHERE u.deleted_at IS NULL AND u.handle > @after
        ORDER BY u.handle LIMIT 1 OFFSET {NameSearch.Walk - 1}
        """;
}

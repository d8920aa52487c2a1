using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Accounts;

/// <summary>The list of all users, by handle, and its search: see <see cref="NameSearch"/> for what a page costs. Any thread.</summary>
internal sealed class UserDirectory(Database database)
{
    private const string IsFound = "(u.handle LIKE @Pattern ESCAPE '!' OR u.name_key LIKE @Pattern ESCAPE '!')";

    /// <summary>Returns a page of the users whose handle or name contains the text.</summary>
    public async Task<UserPage> PageAsync(NameSearch search, PageRequest page, CancellationToken ct)
    {
        var isFew = !search.FindsAll && await CountAsync(search, ct) <= NameSearch.Few;
        var arguments = new { search.From, search.To, search.Pattern, after = page.After?.Key ?? "", limit = page.Size + 1 };
        var users = await database.ListAsync<User>(isFew ? FewUsers : search.FindsAll ? AllUsers : ManyUsers, arguments, ct);
        // One row more than asked for says that there is a next page; with too few, the walk may have ended before the list.
        var last = users.Count > page.Size
            ? users[page.Size - 1].Handle
            : isFew || search.FindsAll ? null : await database.FirstAsync<string>(EndOfWalk, arguments, ct);
        return new UserPage([.. users.Take(page.Size)], last is null ? null : new PageCursor(last, 0).ToString());
    }

    /// <summary>Counts the parts that the text begins, up to one more than are few.</summary>
    private Task<long> CountAsync(NameSearch search, CancellationToken ct) => database.FirstAsync<long>(
        $"SELECT count(*) FROM (SELECT 1 FROM user_parts WHERE part >= @From AND part < @To LIMIT {NameSearch.Few + 1}) x",
        new { search.From, search.To },
        ct);

    private static string AllUsers =>
        $"""
        SELECT {UserRow.Columns("u")} FROM users u WHERE u.deleted_at IS NULL AND u.handle > @after
        ORDER BY u.handle LIMIT @limit
        """;

    /// <summary>One user is looked up after the other: as a join, PostgreSQL may begin with all users.</summary>
    private static string FewUsers =>
        $"""
        WITH few AS MATERIALIZED (
          SELECT x.id, (SELECT u.handle FROM users u WHERE u.id = x.id AND u.deleted_at IS NULL AND {IsFound}) AS handle
          FROM (
            SELECT DISTINCT id FROM (
              SELECT user_id AS id FROM user_parts WHERE part >= @From AND part < @To LIMIT {NameSearch.Few}) y) x),
        page AS MATERIALIZED (SELECT id, handle FROM few WHERE handle > @after ORDER BY handle LIMIT @limit)
        SELECT {UserRow.Columns("u")} FROM page JOIN users u ON u.id = page.id ORDER BY page.handle
        """;

    /// <summary>A walk along the index of handles, whose order the outer query keeps.</summary>
    private static string ManyUsers =>
        $"""
        SELECT {UserRow.Columns("u")}
        FROM (
          SELECT {UserRow.Columns("u")}, u.name_key FROM users u WHERE u.deleted_at IS NULL AND u.handle > @after
          ORDER BY u.handle LIMIT {NameSearch.Walk}) u
        WHERE {IsFound} LIMIT @limit
        """;

    /// <summary>The last user that the walk looked at.</summary>
    private static string EndOfWalk =>
        $"""
        SELECT u.handle FROM users u WHERE u.deleted_at IS NULL AND u.handle > @after
        ORDER BY u.handle LIMIT 1 OFFSET {NameSearch.Walk - 1}
        """;
}

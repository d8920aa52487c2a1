using Maru.Server.Platform.Http;
using Maru.Server.Storage;

namespace Maru.Server.Features.Operations;

/// <summary>The rooms of the server, for admins: how large they are, and nothing of what is said in them. Any thread.</summary>
internal sealed class AdminRooms(Database database)
{
    /// <summary>
    /// Returns a page of the rooms whose name contains the text, the newest first. It looks at <see cref="NameSearch.Walk"/> rooms at most.
    /// </summary>
    public async Task<AdminRoomPage> PageAsync(NameSearch search, PageRequest page, CancellationToken ct)
    {
        var before = page.After?.Id ?? long.MaxValue;
        var rows = await ListAsync(
            $"SELECT * FROM rooms x WHERE x.id < @before AND x.deleted_at IS NULL ORDER BY x.id DESC LIMIT {NameSearch.Walk}",
            new { before, search.Pattern, limit = page.Size + 1 }, ct);
        var last = rows.Count > page.Size
            ? rows[page.Size - 1].Id
            : await database.FirstAsync<long>(
                $"""
                SELECT x.id FROM rooms x WHERE x.id < @before AND x.deleted_at IS NULL
                ORDER BY x.id DESC LIMIT 1 OFFSET {NameSearch.Walk - 1}
                """, new { before }, ct);
        return new AdminRoomPage(
            [.. rows.Take(page.Size).Select(row => row.ToRoom())], last > 0 ? new PageCursor(last).ToString() : null);
    }

    /// <summary>Returns the room with this number, which the log names by it; nothing: there is none.</summary>
    public async Task<AdminRoomPage> FindAsync(long id, CancellationToken ct)
    {
        var rows = await ListAsync(
            "SELECT * FROM rooms x WHERE x.id = @id AND x.deleted_at IS NULL", new { id, Pattern = "%", limit = 1 }, ct);
        return new AdminRoomPage([.. rows.Select(row => row.ToRoom())], null);
    }

    /// <param name="rooms">selects them from <c>rooms x</c></param>
    private Task<IReadOnlyList<Row>> ListAsync(string rooms, object values, CancellationToken ct) => database.ListAsync<Row>(
        $"""
        SELECT r.id, r.name, r.kind, r.visibility, r.member_count, h.last_seq, r.created_at, h.last_at
        FROM ({rooms}) r
        JOIN room_heads h ON h.room_id = r.id
        WHERE r.name_key LIKE @Pattern ESCAPE '!' ORDER BY r.id DESC LIMIT @limit
        """,
        values, ct);

    private sealed record Row(
        long Id, string Name, string Kind, string Visibility, long MemberCount, long LastSeq, long CreatedAt, long LastAt)
    {
        public AdminRoom ToRoom() => new(
            Id, Name, Kind, Visibility, MemberCount, LastSeq, DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            DateTimeOffset.FromUnixTimeMilliseconds(LastAt));
    }
}

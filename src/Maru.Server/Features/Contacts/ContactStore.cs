using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Contacts;

/// <summary>Reads contacts, and finds people by what they are known by. Any thread.</summary>
internal sealed class ContactStore(Database database)
{
    /// <summary>Returns a page of contacts in a state; null: in every one. Walks an index in its order.</summary>
    public async Task<ContactPage> PageAsync(UserId user, string? state, PageRequest page, CancellationToken ct)
    {
        var rows = await database.ListAsync<Row>(
            $"""
            SELECT {UserRow.Columns("u")}, c.state, c.nickname
            FROM contacts c JOIN users u ON u.id = c.other_id
            WHERE c.user_id = @user {(state is null ? "" : "AND c.state = @state")} AND c.other_id > @after
            ORDER BY c.other_id LIMIT @limit
            """,
            new { user = user.Value, state, after = page.After?.Id ?? 0, limit = page.Size + 1 },
            ct);
        var next = rows.Count > page.Size ? new PageCursor(rows[page.Size - 1].Id).ToString() : null;
        return new ContactPage([.. rows.Take(page.Size).Select(row => row.ToContact())], next);
    }

    /// <summary>
    /// Returns the id of whom a request names; 0: nobody. By an e-mail address it finds only those who let it, in the one look into the
    /// index that it also takes for an address that nobody has.
    /// </summary>
    public Task<long> FindAsync(long? id, string? handle, string? email, CancellationToken ct) => database.FirstAsync<long>(
        id is not null ? "SELECT id FROM users WHERE id = @id AND deleted_at IS NULL"
        : handle is not null ? "SELECT id FROM users WHERE handle = @handle AND deleted_at IS NULL"
        : "SELECT id FROM users WHERE email = @email AND find_by_email = 1 AND deleted_at IS NULL",
        new { id, handle, email },
        ct);

    private sealed record Row(long Id, string Handle, string Name, string? AvatarUrl, string State, string? Nickname)
    {
        public Contact ToContact() => new(new User(Id, Handle, Name, AvatarUrl), State, Nickname);
    }
}

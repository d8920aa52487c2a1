using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform.Http;
using Maru.Server.Storage;

namespace Maru.Server.Features.Operations;

/// <summary>The accounts of the server, for admins. Any thread.</summary>
internal sealed class AdminUsers(
    Database database, SessionStore sessions, SessionEvents events, ForeignEnds foreign, TimeProvider time)
{
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Returns a page of the users whose handle begins with the text, also of the deleted ones.</summary>
    public async Task<AdminUserPage> PageAsync(string text, PageRequest page, CancellationToken ct)
    {
        var rows = await ListAsync(
            "SELECT * FROM users x WHERE x.handle >= @text AND x.handle < @end AND x.handle > @after ORDER BY x.handle LIMIT @limit",
            new
            {
                text,
                end = text + "\U0010FFFF",
                after = page.After?.Key ?? "",
                now = Now,
                limit = page.Size + 1,
            },
            ct);
        var next = rows.Count > page.Size ? new PageCursor(rows[page.Size - 1].Handle, 0).ToString() : null;
        return new AdminUserPage([.. rows.Take(page.Size).Select(row => row.ToUser())], next);
    }

    /// <summary>Returns the user with this number, whom the log names by it; nobody: there is none.</summary>
    public async Task<AdminUserPage> FindAsync(long id, CancellationToken ct)
    {
        var rows = await ListAsync("SELECT * FROM users x WHERE x.id = @id", new { id, now = Now }, ct);
        return new AdminUserPage([.. rows.Select(row => row.ToUser())], null);
    }

    /// <summary>Ends all sessions of a user; false: there is no such user.</summary>
    public async Task<bool> EndSessionsAsync(UserId user, CancellationToken ct)
    {
        const string find = "SELECT id FROM users WHERE id = @Value AND deleted_at IS NULL";
        if (await database.FirstAsync<long>(find, user, ct) == 0) return false;
        if (foreign.HasIssuers) await foreign.EndAsync(user, time.GetUtcNow().ToUnixTimeSeconds(), SessionEnd.SignedOut, ct);
        var ended = await database.WriteAsync(
            (transaction, inner) => sessions.EndAllAsync(transaction, user, but: 0, SessionEnd.SignedOut, inner), ct);
        events.EndSessions(user, ended, SessionEnd.SignedOut);
        return true;
    }

    /// <summary>
    /// Gives a user a role of the whole server, which counts at once; returns why not: there is no such user, they are a guest, or who
    /// gives it is no admin any more. Both rows are locked, in one order: of two admins who take the role from each other one keeps it.
    /// </summary>
    public Task<Problem?> ChangeRoleAsync(UserId by, UserId user, string role, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) =>
        {
            long[] both = [by.Value, user.Value];
            await transaction.ListAsync<long>(
                "SELECT u.id FROM users u WHERE u.id IN @both ORDER BY u.id FOR UPDATE OF u", new { both }, inner);
            var changed = await transaction.ExecuteAsync(
                """
                UPDATE users SET role = @role WHERE id = @user AND deleted_at IS NULL AND is_guest = 0
                  AND EXISTS (SELECT 1 FROM users a WHERE a.id = @by AND a.role = 'admin' AND a.deleted_at IS NULL)
                """,
                new { by = by.Value, user = user.Value, role },
                inner);
            if (changed > 0) return null;
            const string find = "SELECT role FROM users WHERE id = @Value AND deleted_at IS NULL";
            return await transaction.FirstAsync<string>(find, by, inner) == "admin" ? Problem.NotFound : Problem.Forbidden;
        },
        ct);

    /// <param name="users">selects them from <c>users x</c></param>
    private Task<IReadOnlyList<Row>> ListAsync(string users, object values, CancellationToken ct) => database.ListAsync<Row>(
        $"""
        SELECT u.id, u.handle, u.name, u.role, u.created_at, u.deleted_at, CAST(u.is_guest AS BIGINT) AS is_guest,
          (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.ended_at IS NULL AND s.expires_at > @now) AS sessions,
          coalesce((SELECT max(s.used_at) FROM sessions s WHERE s.user_id = u.id), u.session_at, 0) AS seen_at
        FROM ({users}) u
        ORDER BY u.handle
        """,
        values, ct);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private sealed record Row(
        long Id, string Handle, string Name, string Role, long CreatedAt, long? DeletedAt, long IsGuest, long Sessions, long SeenAt)
    {
        public AdminUser ToUser() => new(
            Id, Handle, Name, Role, Time(CreatedAt), Sessions, DeletedAt is { } deleted ? Time(deleted) : null,
            SeenAt > 0 ? Time(SeenAt) : null, IsGuest > 0 ? true : null);
    }
}

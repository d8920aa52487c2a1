using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="ExpiresAt">when the token is no longer good: the connection may stay for as long</param>
internal sealed record Identity(UserId UserId, long SessionId, string Role, DateTimeOffset ExpiresAt, User User);

/// <summary>Judges the token that a connection brings, and reads whose it is: one read of the store for all who come at the same time. Any thread.</summary>
internal sealed class Authenticator(AccessTokens tokens, EndedSessions ended, Database database)
{
    private readonly BatchReader<long, OpenSession> _sessions = new(sessions => ReadAsync(database, sessions), x => x.SessionId);

    /// <summary>Null when the token is not good, or its session has ended, here or on another node.</summary>
    public async ValueTask<Identity?> AuthenticateAsync(string token, CancellationToken ct)
    {
        if (!tokens.TryRead(token, out var claims) || ended.Contains(claims.SessionId)) return null;
        if (await _sessions.FindAsync(claims.SessionId, ct) is not { } session || session.Id != claims.UserId.Value) return null;
        var user = new User(session.Id, session.Handle, session.Name, session.AvatarUrl);
        return new Identity(claims.UserId, claims.SessionId, claims.Role, DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt), user);
    }

    private static Task<IReadOnlyList<OpenSession>> ReadAsync(Database database, long[] sessions) => database.ListAsync<OpenSession>(
        """
        SELECT s.id AS session_id, u.id, u.handle, u.name, u.avatar_url FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id IN @sessions AND s.ended_at IS NULL AND u.deleted_at IS NULL
        """,
        new { sessions },
        CancellationToken.None);

    private sealed record OpenSession(long SessionId, long Id, string Handle, string Name, string? AvatarUrl);
}

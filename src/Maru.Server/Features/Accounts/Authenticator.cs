using Maru.Engine;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Features.Accounts;

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="ExpiresAt">when the token is no longer good: the connection may stay for as long</param>
internal sealed record Identity(UserId UserId, long SessionId, string Role, DateTimeOffset ExpiresAt, User User);

/// <summary>Judges the token that a connection brings, and reads whose it is: one read of the store. Any thread.</summary>
internal sealed class Authenticator(AccessTokens tokens, EndedSessions ended, Database database)
{
    /// <summary>Null when the token is not good, or its session has ended, here or on another node.</summary>
    public async ValueTask<Identity?> AuthenticateAsync(string token, CancellationToken ct)
    {
        if (!tokens.TryRead(token, out var claims) || ended.Contains(claims.SessionId)) return null;
        var user = await database.FirstAsync<User>(
            """
            SELECT u.id, u.handle, u.name, u.avatar_url FROM sessions s JOIN users u ON u.id = s.user_id
            WHERE s.id = @session AND s.user_id = @user AND s.ended_at IS NULL AND u.deleted_at IS NULL
            """,
            new { session = claims.SessionId, user = claims.UserId.Value },
            ct);
        return user is null ? null : new Identity(claims.UserId, claims.SessionId, claims.Role, DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt), user);
    }
}

using System.Net;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Server.Platform;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Tokens;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Verifies the token that a connection brings, and reads its user: one query for all connections that come at the same time. It is the
/// engine's <see cref="Authenticator"/>. Any thread.
/// </summary>
internal sealed class ConnectionAuthenticator(
    AccessTokens tokens, EndedSessions ended, SessionChecks checks, ForeignTokens foreign, ForeignEnds ends, SecurityLog security,
    Database database, TimeProvider time)
{
    private readonly BatchReader<long, UserRow> _users = new(users => ReadUsersAsync(database, users), x => x.Id);
    private readonly BatchReader<long, OpenSession> _sessions = new(sessions => ReadAsync(database, sessions), x => x.SessionId);

    /// <summary>Returns the identity; null when the token is not valid, or its session has ended, here or on another node.</summary>
    public async ValueTask<Identity?> AuthenticateAsync(string token, IPAddress? address, CancellationToken ct)
    {
        if (!tokens.TryRead(token, out var claims))
            return claims == default ? await AuthenticateForeignAsync(token, address, ct) : null;     // else it is ours, and expired

        var session = ended.Contains(claims.SessionId) ? null : await _sessions.FindAsync(claims.SessionId, ct);
        if (session is not null && checks.IsGood(claims, session.Id, session.Mark, session.CreatedAt))
            return new Identity(claims.UserId, claims.SessionId, tokens.TimeLeft(claims), session.ToJson());
        Write(SecurityOutcome.Ended, claims.UserId.Value, address);
        return null;
    }

    /// <inheritdoc cref="AuthenticateAsync"/>
    /// <param name="token">of another issuer, or of nobody</param>
    private async ValueTask<Identity?> AuthenticateForeignAsync(string token, IPAddress? address, CancellationToken ct)
    {
        var (state, claims) = await foreign(token, ct);
        if (state == ForeignState.Forged) Write(SecurityOutcome.Forged, null, address);
        if (state == ForeignState.Ended) Write(SecurityOutcome.Ended, claims.UserId.Value, address);
        if (state != ForeignState.Good || await _users.FindAsync(claims.UserId.Value, ct) is not { } user) return null;
        var left = DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt) - time.GetUtcNow();
        return new Identity(claims.UserId, claims.SessionId, left, user.ToJson())
        {
            HasEnded = () => ends.Contains(claims.UserId, claims.IssuedAt),
        };
    }

    private void Write(string outcome, long? user, IPAddress? address) =>
        security.Write(new SecurityEvent(SecurityKind.AccessToken, outcome) { Subject = user, Address = SecurityAudit.Text(address) });

    private static Task<IReadOnlyList<OpenSession>> ReadAsync(Database database, long[] sessions) => database.ListAsync<OpenSession>(
        $"""
        SELECT s.id AS session_id, coalesce(s.mark, 0) AS mark, s.created_at, {UserRow.Columns("u")}
        FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id IN @sessions AND s.ended_at IS NULL AND u.deleted_at IS NULL
        """,
        new { sessions },
        CancellationToken.None);

    private static Task<IReadOnlyList<UserRow>> ReadUsersAsync(Database database, long[] users) => database.ListAsync<UserRow>(
        $"SELECT {UserRow.Columns("u")} FROM users u WHERE u.id IN @users AND u.deleted_at IS NULL", new { users }, CancellationToken.None);

    private sealed record OpenSession(
        long SessionId, long Mark, long CreatedAt, long Id, string Handle, string Name, string? AvatarUrl)
    {
        public byte[] ToJson() => MessageJson.User(new(Id), Handle, Name, AvatarUrl);
    }
}

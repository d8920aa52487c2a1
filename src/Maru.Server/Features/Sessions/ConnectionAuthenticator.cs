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
    AccessTokens tokens, EndedSessions ended, SessionChecks checks, SecurityLog security, Database database)
{
    private readonly BatchReader<long, OpenSession> _sessions = new(sessions => ReadAsync(database, sessions), x => x.SessionId);

    /// <summary>Returns the identity; null when the token is not valid, or its session has ended, here or on another node.</summary>
    public async ValueTask<Identity?> AuthenticateAsync(string token, IPAddress? address, CancellationToken ct)
    {
        if (!tokens.TryRead(token, out var claims))
        {
            if (claims == default) Write(SecurityOutcome.Forged, null, address);
            return null;
        }

        var session = ended.Contains(claims.SessionId) ? null : await _sessions.FindAsync(claims.SessionId, ct);
        if (session is not null && checks.IsGood(claims, session.Id, session.Mark, session.CreatedAt))
            return new Identity(claims.UserId, claims.SessionId, tokens.TimeLeft(claims), session.ToJson());
        Write(SecurityOutcome.Ended, claims.UserId.Value, address);
        return null;
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

    private sealed record OpenSession(
        long SessionId, long Mark, long CreatedAt, long Id, string Handle, string Name, string? AvatarUrl)
    {
        public byte[] ToJson() => MessageJson.User(new(Id), Handle, Name, AvatarUrl);
    }
}

using Maru.Engine;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Finds out whether tokens belong to the sessions that the store has under their numbers, and remembers those that do. A store that was
/// restored from a backup gives the numbers of lost sessions and users again, to others: the mark tells them apart. The answer does not
/// change while the server runs, since a store is restored under no server. Any thread.
/// </summary>
internal sealed class SessionChecks
{
    // Some 6 MB. Beyond it all are forgotten, and read once more as they come.
    private const int MaxKnown = 100_000;

    private readonly Lock _gate = new();
    private readonly HashSet<Key> _known = [];
    private readonly BatchReader<long, StoredSession> _stored;
    private readonly long _skew;

    public SessionChecks(Database database, JwtOptions options)
    {
        _skew = (long)options.ClockSkew.TotalMilliseconds;
        _stored = new BatchReader<long, StoredSession>(sessions => ReadAsync(database, sessions), x => x.Id);
    }

    /// <summary>Implements <see cref="SessionVerifier"/>.</summary>
    public ValueTask<bool> IsGoodAsync(AccessClaims claims, CancellationToken ct) =>
        IsKnown(KeyOf(claims)) ? new ValueTask<bool>(true) : FindAsync(claims, ct);

    /// <summary>Returns whether the token belongs to the session of its number, as it was read from the store just now.</summary>
    /// <param name="claims">the token's</param>
    /// <param name="user">the session's user</param>
    /// <param name="mark">the session's mark; 0: it has none</param>
    /// <param name="createdAt">unix milliseconds</param>
    public bool IsGood(in AccessClaims claims, long user, long mark, long createdAt)
    {
        // A token without a mark is an older node's. It is older than the session where the number was given again.
        var isOfSession = claims.Mark != 0 ? claims.Mark == mark : (claims.IssuedAt * 1000) + 999 + _skew >= createdAt;
        if (user != claims.UserId.Value || !isOfSession) return false;
        Know(KeyOf(claims));
        return true;
    }

    /// <summary>Remembers a session that was just stored.</summary>
    public void Know(OpenSession session) => Know(new Key(new UserId(session.UserId), session.Id, session.Mark));

    private async ValueTask<bool> FindAsync(AccessClaims claims, CancellationToken ct) =>
        await _stored.FindAsync(claims.SessionId, ct) is { } stored && IsGood(claims, stored.UserId, stored.Mark, stored.CreatedAt);

    private bool IsKnown(Key key)
    {
        lock (_gate) return _known.Contains(key);
    }

    private void Know(Key key)
    {
        lock (_gate)
        {
            if (_known.Count >= MaxKnown) _known.Clear();
            _known.Add(key);
        }
    }

    private static Task<IReadOnlyList<StoredSession>> ReadAsync(Database database, long[] sessions) => database.ListAsync<StoredSession>(
        """
        SELECT s.id, s.user_id, coalesce(s.mark, 0) AS mark, s.created_at FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id IN @sessions AND s.ended_at IS NULL AND u.deleted_at IS NULL
        """,
        new { sessions },
        CancellationToken.None);

    /// <summary>Of a token without a mark the time stands in for it, below zero: each such token is read once.</summary>
    private static Key KeyOf(in AccessClaims claims) =>
        new(claims.UserId, claims.SessionId, claims.Mark != 0 ? claims.Mark : -claims.IssuedAt);

    private readonly record struct Key(UserId User, long Session, long Mark);

    private sealed record StoredSession(long Id, long UserId, long Mark, long CreatedAt);
}

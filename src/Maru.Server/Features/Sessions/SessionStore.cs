using System.Data.Common;
using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// The signed-in devices. A session ends in three places: here in the store, then, by <see cref="AccountEvents"/> and on every node, in <see cref="EndedSessions"/>,
/// which refuses its access tokens, and at its sockets, which close. Any thread.
/// </summary>
internal sealed class SessionStore(Database database, EndedSessions ended, AccountEvents events, JwtOptions options, SignInOptions rules, TimeProvider time)
{
    public async Task<OpenSession> OpenAsync(DbTransaction transaction, UserId user, string device, CancellationToken ct)
    {
        var token = RefreshToken.Make();
        var now = time.GetUtcNow();
        var id = await transaction.FirstAsync<long>(
            """
            INSERT INTO sessions (user_id, device, refresh_hash, created_at, used_at, expires_at)
            VALUES (@Value, @device, @Hash, @now, @now, @expires)
            RETURNING id
            """,
            new { user.Value, device, token.Hash, now = now.ToUnixTimeMilliseconds(), expires = Expires(now) },
            ct);
        return new OpenSession(id, user.Value, token);
    }

    /// <summary>Exchanges a refresh token. Null when it is not good; when it was good once, somebody else has it too, and its session ends.</summary>
    public async Task<OpenSession?> RefreshAsync(RefreshToken token, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var next = RefreshToken.Make();
        var (renewed, robbed) = await database.WriteAsync(
            async (transaction, inner) =>
            {
                var row = await transaction.FirstAsync<Row>(
                    """
                    UPDATE sessions SET refresh_hash = @next, used_at = @now, expires_at = @expires
                    WHERE refresh_hash = @Hash AND ended_at IS NULL AND expires_at > @now
                    RETURNING id, user_id
                    """,
                    new { token.Hash, next = next.Hash, now = now.ToUnixTimeMilliseconds(), expires = Expires(now) },
                    inner);
                if (row is null) return (row, await EndRobbedAsync(transaction, token, inner));
                await transaction.ExecuteAsync("INSERT INTO spent_refresh_tokens (hash, session_id) VALUES (@Hash, @Id)", new { token.Hash, row.Id }, inner);
                return (row, null);
            },
            ct);
        if (robbed is not null) events.EndSessions(new UserId(robbed.UserId), [robbed.Id], SessionEnd.TokenReused);
        return renewed is null ? null : new OpenSession(renewed.Id, renewed.UserId, next);
    }

    public async Task<IReadOnlyList<Session>> ListAsync(Caller caller, CancellationToken ct)
    {
        var rows = await database.ListAsync<ListRow>(
            """
            SELECT id, device, created_at, used_at, expires_at FROM sessions
            WHERE user_id = @Value AND ended_at IS NULL AND expires_at > @now
            ORDER BY used_at DESC, id DESC
            """,
            new { caller.UserId.Value, now = Now },
            ct);
        return [.. rows.Select(row => new Session(row.Id, row.Device, Time(row.CreatedAt), Time(row.UsedAt), Time(row.ExpiresAt), row.Id == caller.SessionId))];
    }

    /// <summary>False when the user has no such session.</summary>
    public async Task<bool> EndAsync(UserId user, long session, CancellationToken ct)
    {
        var ids = await database.WriteAsync(
            (transaction, inner) => transaction.ListAsync<long>(
                "UPDATE sessions SET ended_at = @now, end_reason = @reason WHERE id = @session AND user_id = @Value AND ended_at IS NULL RETURNING id",
                new { user.Value, session, now = Now, reason = SessionEnd.SignedOut },
                inner),
            ct);
        events.EndSessions(user, ids, SessionEnd.SignedOut);
        return ids.Count > 0;
    }

    public async Task EndOthersAsync(Caller caller, CancellationToken ct)
    {
        var ids = await database.WriteAsync((transaction, inner) => EndAllAsync(transaction, caller.UserId, caller.SessionId, SessionEnd.SignedOut, inner), ct);
        events.EndSessions(caller.UserId, ids, SessionEnd.SignedOut);
    }

    /// <summary>Part of a larger write: after its commit the caller passes the answer to <see cref="AccountEvents.EndSessions"/>.</summary>
    /// <param name="but">the session that goes on; 0 for none</param>
    public Task<IReadOnlyList<long>> EndAllAsync(DbTransaction transaction, UserId user, long but, string reason, CancellationToken ct) =>
        transaction.ListAsync<long>(
            "UPDATE sessions SET ended_at = @now, end_reason = @reason WHERE user_id = @Value AND id <> @but AND ended_at IS NULL RETURNING id",
            new { user.Value, but, now = Now, reason },
            ct);

    /// <summary>What makes way for a session that was just opened; as <see cref="EndAllAsync"/>.</summary>
    public Task<IReadOnlyList<long>> MakeWayAsync(DbTransaction transaction, OpenSession session, CancellationToken ct) =>
        rules.Single ? EndAllAsync(transaction, new UserId(session.UserId), session.Id, SessionEnd.SignedInElsewhere, ct) : Task.FromResult<IReadOnlyList<long>>([]);

    /// <summary>At start, before the first request: what ended before must stay ended.</summary>
    public async Task LoadEndedAsync(CancellationToken ct)
    {
        foreach (var row in await ListEndedAsync(time.GetUtcNow() - ended.Memory, ct)) ended.TryAdd(row.Id, Time(row.EndedAt));
    }

    /// <summary>On which node ever.</summary>
    public Task<IReadOnlyList<EndedSession>> ListEndedAsync(DateTimeOffset since, CancellationToken ct) => database.ListAsync<EndedSession>(
        "SELECT id, user_id, ended_at, end_reason FROM sessions WHERE ended_at > @since", new { since = since.ToUnixTimeMilliseconds() }, ct);

    /// <summary>Takes out what no token can come back from. A few a transaction, for each may have thousands of spent tokens and others want to write too.</summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var before = (time.GetUtcNow() - ended.Memory).ToUnixTimeMilliseconds();
        var over = await database.ListAsync<long>("SELECT id FROM sessions WHERE ended_at < @before OR expires_at < @before", new { before }, ct);
        foreach (var few in over.Chunk(20))
            await database.WriteAsync((transaction, inner) => transaction.ExecuteAsync("DELETE FROM sessions WHERE id IN @few", new { few }, inner), ct);
        return over.Count;
    }

    private Task<Row?> EndRobbedAsync(DbTransaction transaction, RefreshToken token, CancellationToken ct) =>
        transaction.FirstAsync<Row>(
            """
            UPDATE sessions SET ended_at = @now, end_reason = @reason
            WHERE ended_at IS NULL AND id = (SELECT session_id FROM spent_refresh_tokens WHERE hash = @Hash)
            RETURNING id, user_id
            """,
            new { token.Hash, now = Now, reason = SessionEnd.TokenReused },
            ct);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Expires(DateTimeOffset now) => (now + options.RefreshTokenLifetime).ToUnixTimeMilliseconds();

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private sealed record Row(long Id, long UserId);

    private sealed record ListRow(long Id, string Device, long CreatedAt, long UsedAt, long ExpiresAt);
}

/// <summary>A session that is over, as the store has it.</summary>
internal sealed record EndedSession(long Id, long UserId, long EndedAt, string? EndReason);

/// <param name="Id">the session's</param>
/// <param name="UserId">whose it is</param>
/// <param name="Token">the one refresh token that is good now</param>
internal sealed record OpenSession(long Id, long UserId, RefreshToken Token);

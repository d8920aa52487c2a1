using System.Buffers.Binary;
using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using Maru.Engine;
using Maru.Server.Platform;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Reads and writes sessions: the signed-in devices. A session ends in three places: in the store and, by <see cref="SessionEvents"/> and
/// on every node, in <see cref="EndedSessions"/>, which refuses its tokens, and at its sockets, which close. Any thread.
/// </summary>
internal sealed class SessionStore(
    Database database, EndedSessions ended, SessionEnds ends, SigningKey key, JwtOptions options,
    SignInOptions rules, TimeProvider time)
{
    private readonly byte[] _successors = key.Derive("maru refresh token"u8);
    private readonly byte[] _addresses = key.Derive("maru address"u8);

    public async Task<OpenSession> OpenAsync(DbTransaction transaction, UserId user, SessionOrigin origin, CancellationToken ct)
    {
        var token = RefreshToken.Make();
        var mark = SessionMark.Make();
        var now = time.GetUtcNow();
        var expires = Expires(now);
        var id = await transaction.FirstAsync<long>(
            """
            INSERT INTO sessions (user_id, device, address, refresh_hash, mark, created_at, used_at, expires_at)
            VALUES (@Value, @Device, @address, @Hash, @mark, @now, @now, @expires)
            RETURNING id
            """,
            new
            {
                user.Value,
                origin.Device,
                address = KeyOf(origin.Address),
                token.Hash,
                mark,
                now = now.ToUnixTimeMilliseconds(),
                expires,
            },
            ct);
        return new OpenSession(id, user.Value, mark, token, Time(expires));
    }

    /// <summary>
    /// Exchanges a refresh token for its successor. Within the grace the exchange can be repeated, until the successor is used.
    /// Without a session when the token is not good; when it was good once, somebody else has it too, and its session ends.
    /// </summary>
    /// <returns>the session, or the user whose token was used twice</returns>
    public async Task<(OpenSession? Session, long? Robbed)> RefreshAsync(RefreshToken token, IPAddress? from, CancellationToken ct)
    {
        var next = token.Next(_successors);
        try
        {
            var row = await database.WriteAsync(
                async (transaction, inner) =>
                    await ExchangeAsync(transaction, token, next, KeyOf(from), inner) ?? await FindExchangedAsync(transaction, next, inner),
                ct);
            if (row is null) return (null, await EndRobbedAsync(token, next, ct));
            // The end of a session may wait for the store, which took the exchange.
            return ended.Contains(row.Id) ? (null, null) : (new OpenSession(row.Id, row.UserId, row.Mark, next, Time(row.ExpiresAt)), null);
        }
        catch (DbException)
        {
            if (await EndRobbedAsync(token, next, ct) is { } robbed) return (null, robbed);
            throw;
        }
    }

    /// <summary>
    /// Returns whether the account has a session from that address, or had one until lately: such tries at its password do not count as a
    /// stranger's.
    /// </summary>
    public async Task<bool> IsKnownAsync(UserId user, IPAddress? address, CancellationToken ct) => await database.FirstAsync<long>(
        "SELECT id FROM sessions WHERE user_id = @Value AND address = @address LIMIT 1",
        new { user.Value, address = KeyOf(address) }, ct) > 0;

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
        return [.. rows.Where(row => !ended.Contains(row.Id)).Select(row => row.ToSession(row.Id == caller.SessionId))];
    }

    /// <summary>Ends a session; false when the user has no such session.</summary>
    public async Task<bool> EndAsync(UserId user, long session, CancellationToken ct)
    {
        var ids = await database.ListAsync<long>(
            "SELECT id FROM sessions WHERE id = @session AND user_id = @Value AND ended_at IS NULL", new { user.Value, session }, ct);
        if (ids.Count == 0 || ended.Contains(session)) return false;
        await ends.EndAsync(user, ids, SessionEnd.SignedOut);
        return true;
    }

    public async Task EndOthersAsync(Caller caller, CancellationToken ct)
    {
        var ids = await database.ListAsync<long>(
            "SELECT id FROM sessions WHERE user_id = @Value AND id <> @SessionId AND ended_at IS NULL",
            new { caller.UserId.Value, caller.SessionId }, ct);
        await ends.EndAsync(caller.UserId, ids, SessionEnd.SignedOut);
    }

    /// <summary>
    /// Ends a user's sessions but one, as part of a larger write: after its commit the caller passes the result to <see
    /// cref="SessionEvents.EndSessions"/>.
    /// </summary>
    /// <param name="but">the session that goes on; 0 for none</param>
    public Task<IReadOnlyList<long>> EndAllAsync(DbTransaction transaction, UserId user, long but, string reason, CancellationToken ct) =>
        transaction.ListAsync<long>(
            """
            UPDATE sessions SET ended_at = @now, end_reason = @reason
            WHERE user_id = @Value AND id <> @but AND ended_at IS NULL RETURNING id
            """,
            new { user.Value, but, now = Now, reason },
            ct);

    /// <summary>
    /// Ends the sessions that a new session replaces: those that were not used for longest, beyond the number that a user may have. The
    /// caller does as with <see cref="EndAllAsync"/>.
    /// </summary>
    public Task<IReadOnlyList<long>> MakeWayAsync(DbTransaction transaction, OpenSession session, CancellationToken ct) =>
        rules.Single
            ? EndAllAsync(transaction, new UserId(session.UserId), session.Id, SessionEnd.SignedInElsewhere, ct)
            : transaction.ListAsync<long>(
                """
                UPDATE sessions SET ended_at = @now, end_reason = @reason
                WHERE id IN (
                  SELECT id FROM sessions WHERE user_id = @UserId AND id <> @Id AND ended_at IS NULL
                  ORDER BY used_at DESC, id DESC LIMIT 1000 OFFSET @others)
                RETURNING id
                """,
                new { session.UserId, session.Id, now = Now, reason = SessionEnd.SignedInElsewhere, others = rules.PerUser - 1 },
                ct);

    /// <summary>Loads the ended sessions at start, before the first request: they must stay ended.</summary>
    public async Task LoadEndedAsync(CancellationToken ct)
    {
        foreach (var row in await ListEndedAsync(time.GetUtcNow() - ended.Memory, ct)) ended.TryAdd(row.Id, Time(row.EndedAt));
    }

    /// <summary>Returns the sessions that ended since then, on any node.</summary>
    public Task<IReadOnlyList<EndedSession>> ListEndedAsync(DateTimeOffset since, CancellationToken ct) => database.ListAsync<EndedSession>(
        "SELECT id, user_id, ended_at, end_reason FROM sessions WHERE ended_at > @since",
        new { since = since.ToUnixTimeMilliseconds() }, ct);

    /// <summary>
    /// Deletes sessions of which no token can be used any more; when their users used one last is kept. A few a transaction: each may have
    /// thousands of spent tokens, and other writes wait meanwhile.
    /// </summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var before = (time.GetUtcNow() - ended.Memory).ToUnixTimeMilliseconds();
        const string find = "SELECT id FROM sessions WHERE ended_at < @before OR expires_at < @before";
        const string keepUse =
            """
            UPDATE users SET session_at = (SELECT max(s.used_at) FROM sessions s WHERE s.user_id = users.id)
            WHERE id IN (SELECT s.user_id FROM sessions s WHERE s.id IN @few) AND deleted_at IS NULL
              AND coalesce(session_at, 0) < (SELECT max(s.used_at) FROM sessions s WHERE s.user_id = users.id)
            """;
        var over = await database.ListAsync<long>(find, new { before }, ct);
        foreach (var few in over.Chunk(20))
        {
            await database.WriteAsync(
                async (transaction, inner) =>
                {
                    await transaction.ExecuteAsync(keepUse, new { few }, inner);
                    await transaction.ExecuteAsync("DELETE FROM sessions WHERE id IN @few", new { few }, inner);
                },
                ct);
        }

        return over.Count;
    }

    /// <summary>Exchanges the token. Of two exchanges at once the second one waits here, and finds the token spent.</summary>
    private async Task<Row?> ExchangeAsync(
        DbTransaction transaction, RefreshToken token, RefreshToken next, long address, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var row = await transaction.FirstAsync<Row>(
            """
            UPDATE sessions SET refresh_hash = @next, address = @address, mark = coalesce(mark, @mark), used_at = @now,
              expires_at = CASE WHEN created_at + @maxAge < @expires THEN created_at + @maxAge ELSE @expires END
            WHERE refresh_hash = @Hash AND ended_at IS NULL AND expires_at > @now AND created_at + @maxAge > @now
            RETURNING id, user_id, mark, expires_at
            """,
            new
            {
                token.Hash,
                next = next.Hash,
                address,
                mark = SessionMark.Make(),
                now = now.ToUnixTimeMilliseconds(),
                expires = Expires(now),
                maxAge = (long)rules.MaxAge.TotalMilliseconds,
            },
            ct);
        if (row is null) return null;
        const string spend = "INSERT INTO spent_refresh_tokens (hash, session_id) VALUES (@Hash, @Id)";
        await transaction.ExecuteAsync(spend, new { token.Hash, row.Id }, ct);
        return row;
    }

    /// <summary>
    /// Finds the session whose token is the successor that an exchange just gave. It has that token only until it is used.
    /// </summary>
    private async Task<Row?> FindExchangedAsync(DbTransaction transaction, RefreshToken next, CancellationToken ct)
    {
        if (options.RefreshGrace == TimeSpan.Zero) return null;
        return await transaction.FirstAsync<Row>(
            """
            SELECT id, user_id, coalesce(mark, 0) AS mark, expires_at FROM sessions
            WHERE refresh_hash = @Hash AND used_at > @since AND ended_at IS NULL AND expires_at > @now
            """,
            new { next.Hash, since = Now - (long)options.RefreshGrace.TotalMilliseconds, now = Now },
            ct);
    }

    /// <summary>
    /// Ends the session whose token was used twice, also while the store takes no writes; returns its user. One that was exchanged within
    /// the grace goes on.
    /// </summary>
    private async Task<long?> EndRobbedAsync(RefreshToken token, RefreshToken next, CancellationToken ct)
    {
        var robbed = await database.FirstAsync<Robbed>(
            """
            SELECT s.id, s.user_id FROM spent_refresh_tokens t JOIN sessions s ON s.id = t.session_id
            WHERE t.hash = @Hash AND s.ended_at IS NULL AND NOT (s.refresh_hash = @next AND s.used_at > @since)
            """,
            new { token.Hash, next = next.Hash, since = Now - (long)options.RefreshGrace.TotalMilliseconds },
            ct);
        if (robbed is null || ended.Contains(robbed.Id)) return null;
        await ends.EndAsync(new UserId(robbed.UserId), [robbed.Id], SessionEnd.TokenReused);
        return robbed.UserId;
    }

    private long KeyOf(IPAddress? address)
    {
        Span<byte> key = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, RateLimits.KeyOf(address));
        return BinaryPrimitives.ReadInt64BigEndian(HMACSHA256.HashData(_addresses, key));
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Expires(DateTimeOffset now) =>
        (now + (options.RefreshTokenLifetime < rules.MaxAge ? options.RefreshTokenLifetime : rules.MaxAge)).ToUnixTimeMilliseconds();

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private sealed record Row(long Id, long UserId, long Mark, long ExpiresAt);

    private sealed record Robbed(long Id, long UserId);

    private sealed record ListRow(long Id, string Device, long CreatedAt, long UsedAt, long ExpiresAt)
    {
        public Session ToSession(bool isCurrent) => new(Id, Device, Time(CreatedAt), Time(UsedAt), Time(ExpiresAt), isCurrent);
    }
}

/// <summary>The device and address that a sign-in comes from.</summary>
/// <param name="Device">the name of the device in the list of sessions</param>
/// <param name="Address">the client's address</param>
internal readonly record struct SessionOrigin(string Device, IPAddress? Address);

/// <summary>A session that has ended, as stored.</summary>
internal sealed record EndedSession(long Id, long UserId, long EndedAt, string? EndReason);

/// <param name="Id">the session's id</param>
/// <param name="UserId">the user</param>
/// <param name="Mark">what its tokens have besides the id</param>
/// <param name="Token">the one refresh token that is valid now</param>
/// <param name="ExpiresAt">the time at which it ends if it is not refreshed</param>
internal sealed record OpenSession(long Id, long UserId, long Mark, RefreshToken Token, DateTimeOffset ExpiresAt);

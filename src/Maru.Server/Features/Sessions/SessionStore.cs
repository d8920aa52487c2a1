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
/// Reads and writes sessions: the signed-in devices. A session ends in three places: here in the store, then, by <see
/// cref="SessionEvents"/> and on every node, in <see cref="EndedSessions"/>, which refuses its access tokens, and at its sockets, which
/// close. Any thread.
/// </summary>
internal sealed class SessionStore(
    Database database, EndedSessions ended, SessionEvents events, SigningKey key, JwtOptions options, SignInOptions rules,
    TimeProvider time)
{
    private readonly byte[] _successors = key.Derive("maru refresh token"u8);
    private readonly byte[] _addresses = key.Derive("maru address"u8);

    public async Task<OpenSession> OpenAsync(DbTransaction transaction, UserId user, SessionOrigin origin, CancellationToken ct)
    {
        var token = RefreshToken.Make();
        var now = time.GetUtcNow();
        var id = await transaction.FirstAsync<long>(
            """
            INSERT INTO sessions (user_id, device, address, refresh_hash, created_at, used_at, expires_at)
            VALUES (@Value, @Device, @address, @Hash, @now, @now, @expires)
            RETURNING id
            """,
            new
            {
                user.Value,
                origin.Device,
                address = KeyOf(origin.Address),
                token.Hash,
                now = now.ToUnixTimeMilliseconds(),
                expires = Expires(now)
            },
            ct);
        return new OpenSession(id, user.Value, token);
    }

    /// <summary>
    /// Exchanges a refresh token for its successor. Within the grace the exchange can be repeated, until the successor is used.
    /// Null when the token is not good; when it was good once, somebody else has it too, and its session ends.
    /// </summary>
    public async Task<OpenSession?> RefreshAsync(RefreshToken token, IPAddress? from, CancellationToken ct)
    {
        var next = token.Next(_successors);
        var (row, robbed) = await database.WriteAsync<(Row?, Row?)>(
            async (transaction, inner) =>
                await ExchangeAsync(transaction, token, next, KeyOf(from), inner) is { } exchanged ? (exchanged, null)
                : await FindExchangedAsync(transaction, next, inner) is { } repeated ? (repeated, null)
                : (null, await EndRobbedAsync(transaction, token, inner)),
            ct);
        if (robbed is not null) events.EndSessions(new UserId(robbed.UserId), [robbed.Id], SessionEnd.TokenReused);
        return row is null ? null : new OpenSession(row.Id, row.UserId, next);
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
        return [.. rows.Select(row => row.ToSession(row.Id == caller.SessionId))];
    }

    /// <summary>Ends a session; false when the user has no such session.</summary>
    public async Task<bool> EndAsync(UserId user, long session, CancellationToken ct)
    {
        var ids = await database.WriteAsync(
            (transaction, inner) => transaction.ListAsync<long>(
                """
                UPDATE sessions SET ended_at = @now, end_reason = @reason
                WHERE id = @session AND user_id = @Value AND ended_at IS NULL RETURNING id
                """,
                new { user.Value, session, now = Now, reason = SessionEnd.SignedOut },
                inner),
            ct);
        events.EndSessions(user, ids, SessionEnd.SignedOut);
        return ids.Count > 0;
    }

    public async Task EndOthersAsync(Caller caller, CancellationToken ct)
    {
        var ids = await database.WriteAsync(
            (transaction, inner) => EndAllAsync(transaction, caller.UserId, caller.SessionId, SessionEnd.SignedOut, inner), ct);
        events.EndSessions(caller.UserId, ids, SessionEnd.SignedOut);
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

    /// <summary>Ends the sessions that a new session replaces; the caller does as with <see cref="EndAllAsync"/>.</summary>
    public Task<IReadOnlyList<long>> MakeWayAsync(DbTransaction transaction, OpenSession session, CancellationToken ct) =>
        rules.Single
            ? EndAllAsync(transaction, new UserId(session.UserId), session.Id, SessionEnd.SignedInElsewhere, ct)
            : Task.FromResult<IReadOnlyList<long>>([]);

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
    /// Deletes sessions of which no token can be used any more. A few a transaction: each may have thousands of spent tokens, and other
    /// writes wait meanwhile.
    /// </summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var before = (time.GetUtcNow() - ended.Memory).ToUnixTimeMilliseconds();
        const string find = "SELECT id FROM sessions WHERE ended_at < @before OR expires_at < @before";
        var over = await database.ListAsync<long>(find, new { before }, ct);
        foreach (var few in over.Chunk(20))
        {
            await database.WriteAsync(
                (transaction, inner) => transaction.ExecuteAsync("DELETE FROM sessions WHERE id IN @few", new { few }, inner), ct);
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
            UPDATE sessions SET refresh_hash = @next, address = @address, used_at = @now, expires_at = @expires
            WHERE refresh_hash = @Hash AND ended_at IS NULL AND expires_at > @now
            RETURNING id, user_id
            """,
            new { token.Hash, next = next.Hash, address, now = now.ToUnixTimeMilliseconds(), expires = Expires(now) },
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
            SELECT id, user_id FROM sessions
            WHERE refresh_hash = @Hash AND used_at > @since AND ended_at IS NULL AND expires_at > @now
            """,
            new { next.Hash, since = Now - (long)options.RefreshGrace.TotalMilliseconds, now = Now },
            ct);
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

    private long KeyOf(IPAddress? address)
    {
        Span<byte> key = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, RateLimits.KeyOf(address));
        return BinaryPrimitives.ReadInt64BigEndian(HMACSHA256.HashData(_addresses, key));
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Expires(DateTimeOffset now) => (now + options.RefreshTokenLifetime).ToUnixTimeMilliseconds();

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private sealed record Row(long Id, long UserId);

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
/// <param name="Token">the one refresh token that is valid now</param>
internal sealed record OpenSession(long Id, long UserId, RefreshToken Token);

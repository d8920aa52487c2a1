using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Ends the tokens of other issuers: of a user, all that were issued until a time. They are dead in memory first, on every node, and then
/// in the store, which <see cref="SessionWatch"/> and the start of a node read. An end leaves the memory when no token before it can be
/// valid any more. Other nodes get ids alone. Any thread.
/// <code>
/// tokens ended = 1 user last reason       last: unix seconds
/// </code>
/// </summary>
internal sealed class ForeignEnds
{
    /// <summary>For an account that is deleted: no token of its user is ever taken again.</summary>
    public const long ForGood = 253_402_300_799;    // unix seconds of the year 9999

    private const byte Ended = 1;

    private static readonly BusChannel Channel = new("foreign", Travel.Sure);
    private static readonly TimeSpan LeastMemory = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<UserId, End> _ends = new();
    private readonly TimeSpan _memory;
    private readonly Database _database;
    private readonly SecurityLog _security;
    private readonly TimeProvider _time;
    private readonly IBus _bus;

    public ForeignEnds(Database database, JwtOptions options, SecurityLog security, IBus bus, TimeProvider time)
    {
        (_database, _security, _bus, _time) = (database, security, bus, time);
        HasIssuers = options.Issuers.Count > 0;
        _memory = LeastMemory + options.Issuers.Values.Select(x => x.MaxLifetime + (2 * x.ClockSkew)).DefaultIfEmpty().Max();
        bus.Subscribe(Channel, Hear);
    }

    /// <summary>Raised with a user, the last second whose tokens are over, and the reason: their sockets must close.</summary>
    public event Action<UserId, long, string?>? TokensEnded;

    public bool HasIssuers { get; }

    /// <summary>Returns whether a user's token that was issued then is over.</summary>
    public bool Contains(UserId user, long issuedAt) => _ends.TryGetValue(user, out var end) && issuedAt <= end.Last;

    /// <summary>
    /// Ends all tokens of the user that were issued until then. They are dead when it returns, or throws because the store took nothing.
    /// </summary>
    public Task EndAsync(UserId user, long last, string reason, CancellationToken ct)
    {
        Tell(user, last, reason);
        return _database.WriteAsync((transaction, inner) => StoreAsync(transaction, user, last, reason, inner), ct);
    }

    /// <summary>
    /// Ends all tokens of a user for good, as a part of the deletion of their account, and forgets whom the issuer means: a hash stays, by
    /// which the subject is known again. After the commit the caller calls <see cref="Tell"/>, where this returns true.
    /// </summary>
    public async Task<bool> EndForGoodAsync(DbTransaction transaction, UserId user, CancellationToken ct)
    {
        var names = await transaction.ListAsync<Name>("SELECT issuer, subject FROM external_identities WHERE user_id = @Value", user, ct);
        await StoreAsync(transaction, user, ForGood, SessionEnd.AccountDeleted, ct);
        foreach (var name in names)
        {
            await transaction.ExecuteAsync(
                """
                UPDATE external_identities SET subject = @gone, name = NULL, avatar_url = NULL
                WHERE issuer = @Issuer AND subject = @Subject
                """,
                new { name.Issuer, name.Subject, gone = GoneSubject(name.Issuer, name.Subject) }, ct);
        }

        return names.Count > 0;
    }

    /// <summary>Returns what stands for the subject once the account is deleted.</summary>
    public static string GoneSubject(string issuer, string subject) =>
        $"deleted:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\0{subject}")))}";

    /// <summary>Tells this node and the others.</summary>
    public void Tell(UserId user, long last, string reason)
    {
        Learn(user, last, reason);
        _security.Write(new SecurityEvent(SecurityKind.SessionEnd, SecurityOutcome.Success) { Subject = user.Value, Detail = reason });
        var frame = FrameWriter.Begin(Ended);
        frame.Number(user.Value);
        frame.Number(last);
        frame.Text(reason);
        _bus.Publish(Channel, frame.Written);
    }

    /// <summary>Takes the ends in the store that were decided since then, on any node.</summary>
    public async Task LearnAsync(DateTimeOffset since, CancellationToken ct)
    {
        if (!HasIssuers) return;
        var ends = await _database.ListAsync<Stored>(
            "SELECT user_id, ended_until, end_reason FROM external_identities WHERE ended_at > @since",
            new { since = since.ToUnixTimeMilliseconds() }, ct);
        foreach (var end in ends) Learn(new UserId(end.UserId), end.EndedUntil, end.EndReason);
    }

    /// <summary>Loads, at start and before the first request, the ends that tokens may still be valid behind.</summary>
    public Task LoadAsync(CancellationToken ct) => LearnAsync(_time.GetUtcNow() - _memory, ct);

    private Task StoreAsync(DbTransaction transaction, UserId user, long last, string reason, CancellationToken ct) =>
        transaction.ExecuteAsync(
            """
            UPDATE external_identities SET ended_until = @last, ended_at = @now, end_reason = @reason
            WHERE user_id = @Value AND ended_until < @last
            """,
            new { user.Value, last, now = _time.GetUtcNow().ToUnixTimeMilliseconds(), reason },
            ct);

    private void Learn(UserId user, long last, string? reason)
    {
        var now = _time.GetUtcNow();
        if (_ends.TryGetValue(user, out var known) && known.Last >= last) return;
        _ends.AddOrUpdate(user, new End(last, now), (_, end) => end.Last >= last ? end : new End(last, now));
        Forget(now);
        TokensEnded?.Invoke(user, last, reason);
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (user, end) in _ends)
        {
            if (now - end.LearnedAt > _memory) _ends.TryRemove(KeyValuePair.Create(user, end));
        }
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        if (reader.Byte() == Ended) Learn(new UserId(reader.Number()), reader.Number(), reader.Text());
    }

    private readonly record struct End(long Last, DateTimeOffset LearnedAt);

    private sealed record Name(string Issuer, string Subject);

    private sealed record Stored(long UserId, long EndedUntil, string? EndReason);
}

using System.Data.Common;
using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Text;
using Maru.Server.Platform.Tokens;
using Maru.Server.Platform.Tokens.Issuers;

namespace Maru.Server.Features.Identities;

/// <summary>
/// Finds out which user a token of another issuer means, and makes the user at their first token. It remembers them for ten minutes, so a
/// request reads the store no more than one with a token of ours does. Implements <see cref="ForeignTokens"/>. Any thread.
/// </summary>
internal sealed partial class Identities(
    IssuerTokens tokens, IdentityStore store, ForeignEnds ends, AccountEvents events, SecurityLog security, LimitOptions limits,
    PasswordOptions passwords, TimeProvider time, ILogger<Identities> log)
{
    // Some 10 MB. Beyond it all are forgotten, and read once more as they come.
    private const int MaxKnown = 20_000;

    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);   // less than ForeignEnds remembers

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Issuer, string Subject), Known> _known = [];

    public async ValueTask<ForeignToken> ReadAsync(string token, CancellationToken ct)
    {
        if (await tokens.ReadAsync(token, ct) is not { } claims) return new ForeignToken(ForeignState.Forged);
        if (!claims.IsInTime(time.GetUtcNow())) return new ForeignToken(ForeignState.Expired);
        var identity = Find(claims) ?? await ReadAsync(claims, ct);
        var user = new UserId(identity.UserId);
        var isOver = claims.IssuedAt <= identity.EndedUntil || ends.Contains(user, claims.IssuedAt);
        if (!isOver && claims.IssuedAt > identity.ClaimedAt) await FollowAsync(claims, identity, ct);
        return new ForeignToken(
            isOver ? ForeignState.Ended : ForeignState.Good,
            AccessClaims.OfForeign(user, claims.IssuedAt, claims.NotBefore - claims.Skew, claims.ExpiresAt + claims.Skew));
    }

    private async Task<ForeignIdentity> ReadAsync(IssuerClaims claims, CancellationToken ct)
    {
        var identity = await store.FindAsync(claims, ct);
        if (identity is null)
        {
            (identity, var isNew) = await store.MakeAsync(claims, NameOf(claims), AvatarOf(claims), ct);
            if (isNew)
                security.Write(new(SecurityKind.SignUp, SecurityOutcome.Success) { Subject = identity.UserId, Detail = claims.Issuer });
        }

        Know(claims, identity);
        return identity;
    }

    /// <summary>
    /// Takes the name and picture of a newer token, where they are others. What the store does not take now comes with the next token.
    /// </summary>
    private async ValueTask FollowAsync(IssuerClaims claims, ForeignIdentity identity, CancellationToken ct)
    {
        var (name, avatar) = (NameOf(claims) ?? identity.Name, AvatarOf(claims) ?? identity.AvatarUrl);
        if (name == identity.Name && avatar == identity.AvatarUrl) return;
        try
        {
            var user = new UserId(identity.UserId);
            if (await store.RenameAsync(claims, user, name, avatar, ct)) events.ChangeProfile(user);
            // One that was issued later may have been first, at another node: what counts is in the store.
            if (await store.FindAsync(claims, ct) is { } stored) Know(claims, stored);
        }
        catch (DbException e)
        {
            Log.NotRenamed(log, e);
        }
    }

    private string? NameOf(IssuerClaims claims) =>
        TextPolicy.Name(claims.Name, limits.NameCharacters) is { Error: null, Text.Length: > 0 } name ? name.Text : null;

    private string? AvatarOf(IssuerClaims claims)
    {
        var errors = new FieldErrors();
        var avatar = new AccountRules(errors, limits, passwords).AvatarUrl(claims.Avatar);
        return errors.Any || avatar.Length == 0 ? null : avatar;
    }

    private ForeignIdentity? Find(IssuerClaims claims)
    {
        lock (_gate)
        {
            return _known.TryGetValue((claims.Issuer, claims.Subject), out var known) && time.GetUtcNow() - known.At < KnownFor
                ? known.Identity
                : null;
        }
    }

    private void Know(IssuerClaims claims, ForeignIdentity identity)
    {
        lock (_gate)
        {
            if (_known.Count >= MaxKnown) _known.Clear();
            _known[(claims.Issuer, claims.Subject)] = new Known(identity, time.GetUtcNow());
        }
    }

    private readonly record struct Known(ForeignIdentity Identity, DateTimeOffset At);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A name that another issuer changed could not be stored, and comes with the next token")]
        public static partial void NotRenamed(ILogger log, Exception e);
    }
}

using System.Data.Common;
using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform.Tokens.Issuers;
using Maru.Server.Storage;

namespace Maru.Server.Features.Identities;

/// <summary>Reads and writes who the users of other issuers are here. Any thread.</summary>
internal sealed class IdentityStore(Database database, AccountStore accounts, TimeProvider time)
{
    private const string Select =
        """
        SELECT user_id, ended_until, name, avatar_url, claimed_at FROM external_identities
        WHERE issuer = @Issuer AND subject IN (@Subject, @gone)
        """;

    public Task<ForeignIdentity?> FindAsync(IssuerClaims claims, CancellationToken ct) =>
        database.FirstAsync<ForeignIdentity>(Select, Key(claims), ct);

    /// <summary>
    /// Makes a user. When another request, at whichever node, was first, it is that one's user who is returned, and none is made.
    /// </summary>
    /// <param name="claims">of the first token</param>
    /// <param name="name">the user's name; null: the handle</param>
    /// <param name="avatar">the address of the user's picture, or null</param>
    /// <param name="ct">ends the wait for the store</param>
    public Task<(ForeignIdentity Identity, bool IsNew)> MakeAsync(
        IssuerClaims claims, string? name, string? avatar, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) =>
        {
            foreach (var handle in IdentityHandles.Of(claims.Handle, claims.Subject))
            {
                var account = new NewAccount(handle, name ?? handle, null, null) { AvatarUrl = avatar };
                var user = await accounts.InsertAsync(transaction, account, inner);
                if (user == 0) continue;
                if (await TryBindAsync(transaction, claims, user, name, avatar, inner))
                    return (new ForeignIdentity(user, 0, name, avatar, claims.IssuedAt), true);
                await transaction.ExecuteAsync("DELETE FROM users WHERE id = @user", new { user }, inner);
                if (await transaction.FirstAsync<ForeignIdentity>(Select, Key(claims), inner) is { } other) return (other, false);
            }

            throw new InvalidOperationException("No handle was free.");
        },
        ct);

    /// <summary>
    /// Takes the name and picture that a token says, where those that came before it said others; null stays as it is. Returns whether the
    /// user has changed: a name that they chose here stays until the issuer's changes.
    /// </summary>
    public Task<bool> RenameAsync(IssuerClaims claims, UserId user, string? name, string? avatar, CancellationToken ct) =>
        database.WriteAsync(
            async (transaction, inner) =>
            {
                var renamed = await transaction.ExecuteAsync(
                    """
                    UPDATE external_identities SET name = @name, avatar_url = @avatar, claimed_at = @IssuedAt
                    WHERE issuer = @Issuer AND subject = @Subject AND claimed_at < @IssuedAt
                    """,
                    new { name, avatar, claims.IssuedAt, claims.Issuer, claims.Subject },
                    inner);
                return renamed > 0 && await AccountStore.RenameAsync(transaction, user, name, avatar, inner);
            },
            ct);

    private async Task<bool> TryBindAsync(
        DbTransaction transaction, IssuerClaims claims, long user, string? name, string? avatar, CancellationToken ct) =>
        await transaction.ExecuteAsync(
            """
            INSERT INTO external_identities (issuer, subject, user_id, created_at, name, avatar_url, claimed_at)
            VALUES (@Issuer, @Subject, @user, @now, @name, @avatar, @IssuedAt)
            ON CONFLICT DO NOTHING
            """,
            new { claims.Issuer, claims.Subject, user, now = time.GetUtcNow().ToUnixTimeMilliseconds(), name, avatar, claims.IssuedAt },
            ct) > 0;

    private static object Key(IssuerClaims claims) =>
        new { claims.Issuer, claims.Subject, gone = ForeignEnds.GoneSubject(claims.Issuer, claims.Subject) };
}

/// <summary>Who a user of another issuer is here.</summary>
/// <param name="UserId">the user</param>
/// <param name="EndedUntil">unix seconds: tokens that were issued until then are over</param>
/// <param name="Name">as the issuer said it last</param>
/// <param name="AvatarUrl">likewise</param>
/// <param name="ClaimedAt">unix seconds: when the token that said so was issued</param>
internal sealed record ForeignIdentity(long UserId, long EndedUntil, string? Name, string? AvatarUrl, long ClaimedAt);

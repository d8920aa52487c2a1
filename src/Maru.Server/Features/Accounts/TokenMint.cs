using Maru.Server.Features.Sessions;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Accounts;

/// <summary>Makes the response of every way to sign in, once the session is stored. Any thread.</summary>
internal sealed class TokenMint(
    AccessTokens tokens, SessionChecks checks, DeviceTokens devices, JwtOptions options, TimeProvider time)
{
    public SignedIn Write(Account account, OpenSession session)
    {
        checks.Know(session);
        var left = session.ExpiresAt - time.GetUtcNow();
        var lifetime = left < options.AccessTokenLifetime ? left : options.AccessTokenLifetime;
        return new SignedIn(
            account.ToUser(),
            tokens.Write(account.UserId, session.Id, session.Mark, account.TokenRole, lifetime),
            session.Token.Text,
            (long)lifetime.TotalSeconds);
    }

    /// <summary>Makes the response to whoever knew the password, with a token for their device.</summary>
    /// <param name="account">with the hash of that password</param>
    /// <param name="session">the new session</param>
    /// <param name="device">the token that the device has; it stays if it is good</param>
    public SignedIn WriteWithDevice(Account account, OpenSession session, string? device = null) => Write(account, session) with
    {
        DeviceToken = devices.Read(device, account.UserId, account.PasswordHash) is not null
            ? device
            : devices.Make(account.UserId, account.PasswordHash ?? ""),
    };
}

using Maru.Server.Features.Sessions;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Accounts;

/// <summary>Makes the response of every way to sign in. Any thread.</summary>
internal sealed class TokenMint(AccessTokens tokens, DeviceTokens devices, JwtOptions options)
{
    public SignedIn Write(Account account, OpenSession session) => new(
        account.ToUser(),
        tokens.Write(account.UserId, session.Id, account.Role, options.AccessTokenLifetime),
        session.Token.Text,
        (long)options.AccessTokenLifetime.TotalSeconds);

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

using System.Net;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Limits;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// Finds out who tries to sign in, for the limits: a device or an address that the account knows, or a stranger. Any thread.
/// </summary>
internal sealed class SignInGuesses(SessionStore sessions, DeviceTokens devices)
{
    /// <param name="name">
    /// the handle or e-mail address as it was typed, which strangers are counted by: they do not learn which two are of one account
    /// </param>
    /// <param name="account">the account of that name; null for none</param>
    /// <param name="deviceToken">the token that the client sent</param>
    /// <param name="address">the client's address</param>
    /// <param name="ct">ends the wait for the store</param>
    public async Task<Guess> OfAsync(string name, Account? account, string? deviceToken, IPAddress? address, CancellationToken ct)
    {
        var from = RateLimits.KeyOf(address);
        var isKnown = await sessions.IsKnownAsync(account?.UserId ?? default, address, ct);
        if (account is null) return new Guess(name, from, Guesser.Stranger);
        if (devices.Read(deviceToken, account.UserId, account.PasswordHash) is { } device)
            return new Guess(account.PasswordKey, device, Guesser.KnownDevice);
        return isKnown ? new Guess(account.PasswordKey, from, Guesser.KnownAddress) : new Guess(name, from, Guesser.Stranger);
    }
}

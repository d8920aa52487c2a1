using System.Net;

namespace Maru.Engine.Connections;

/// <summary>The identity that a token proves.</summary>
/// <param name="User">the account</param>
/// <param name="Session">the sign-in session that the token belongs to: its end ends the connections</param>
/// <param name="ExpiresIn">the time that the token is still valid</param>
/// <param name="Profile">the account as <c>user</c> JSON, written into the messages that it sends</param>
public sealed record Identity(UserId User, long Session, TimeSpan ExpiresIn, byte[] Profile)
{
    /// <summary>Returns whether the token was ended since it was judged; null: the end of its session tells that.</summary>
    public Func<bool>? HasEnded { get; init; }
}

/// <summary>
/// Verifies an access token that came from an address, where that is known; null when it is not valid, for whatever reason. May read the
/// store.
/// </summary>
public delegate ValueTask<Identity?> Authenticator(string token, IPAddress? address, CancellationToken ct);

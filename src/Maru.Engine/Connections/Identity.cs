namespace Maru.Engine.Connections;

/// <summary>Who a token says that someone is.</summary>
/// <param name="User">the account</param>
/// <param name="Session">the sign-in that the token belongs to: ending it ends its connections</param>
/// <param name="ExpiresIn">how long the token is still good</param>
/// <param name="Profile">the account as <c>user</c> JSON, written into what it sends</param>
public sealed record Identity(UserId User, long Session, TimeSpan ExpiresIn, byte[] Profile);

/// <summary>Judges an access token: null when it is not good, for whatever reason. May read the store.</summary>
public delegate ValueTask<Identity?> Authenticator(string token, CancellationToken ct);

using System.Security.Claims;
using Maru.Engine;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Platform;

/// <summary>
/// The user who makes this request, as the access token says. A handler that is only for signed-in users takes it as a parameter.
/// </summary>
internal sealed class Caller(AccessClaims claims) : ClaimsPrincipal(SignedIn)
{
    public const string Scheme = "Bearer";

    private static readonly ClaimsIdentity SignedIn = new(Scheme);

    public UserId UserId => claims.UserId;

    /// <summary>Below zero for a token of another issuer.</summary>
    public long SessionId => claims.SessionId;

    /// <summary>Unix seconds.</summary>
    public long IssuedAt => claims.IssuedAt;

    /// <summary>True where another issuer made the token: it belongs to no session.</summary>
    public bool IsForeign => claims.IsForeign;

    /// <summary>True for a guest: an account stays one, so the token tells.</summary>
    public bool IsGuest => claims.Role == AccessClaims.Guest;

    public string Role => claims.Role;

    public DateTimeOffset ExpiresAt => DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt);

    public override bool IsInRole(string role) => role == Role;

    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.User as Caller);
}

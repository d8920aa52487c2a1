using Maru.Engine.Problems;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Maru.Server.Platform;

/// <summary>
/// Access by <c>Authorization: Bearer token</c> (RFC 6750). It reads the store once a session and node, and not once a request.
/// </summary>
internal static class Auth
{
    public static void AddAuth(this IServiceCollection services)
    {
        services.AddSingleton(
            provider => KeyFile.Open(
                provider.GetRequiredService<StorageOptions>().Data, provider.GetRequiredService<JwtOptions>().Algorithm,
                provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(KeyFile))));
        services.AddSingleton(provider => new VerificationKeys(
            provider.GetRequiredService<SigningKey>(), KeyFile.OpenOthers(provider.GetRequiredService<StorageOptions>().Data)));
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<EndedSessions>();
        services.AddTransient<BearerHandler>();

        // The core only: AddAuthentication would bring data protection along, which makes keys in the home folder for cookies of a kind
        // that we do not have.
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = Caller.Scheme;
            options.AddScheme<BearerHandler>(Caller.Scheme, null);
        });
        services.AddAuthorization(options =>
        {
            options.AddPolicy(Admins.Policy, policy => policy.AddRequirements(new Admins.Demanded()));
            options.AddPolicy(Guests.Policy, policy => policy.RequireAssertion(x => x.User is not Caller { IsGuest: true }));
        });
        services.AddSingleton<IAuthorizationHandler, Admins>();
        services.AddJson(PublicKeyJson.Default);
    }
}

/// <summary>Makes the <see cref="Caller"/> of one request from its token.</summary>
internal sealed class BearerHandler(AccessTokens tokens, EndedSessions ended, SessionVerifier sessions, ForeignTokens foreign)
    : IAuthenticationHandler
{
    private const string Prefix = "Bearer ";
    private const string None = "?";    // a token that is none: several fields, and none of them counts

    private static readonly AuthenticateResult BadToken = AuthenticateResult.Fail("The access token is wrong or expired.");
    private static readonly AuthenticateResult Ended = AuthenticateResult.Fail("The session has ended.");

    private HttpContext? _context;
    private AuthenticateResult? _result;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public async Task<AuthenticateResult> AuthenticateAsync() => _result ??= await JudgeAsync(TokenOf(Context));

    /// <summary>RFC 6750 section 3: the error is named only to those who sent a token.</summary>
    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        Context.Response.Headers.WWWAuthenticate = _result is null or { None: true } ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Problems.WriteAsync(Context, _result == Ended ? Problem.SessionEnded : Problem.Unauthenticated);
    }

    public Task ForbidAsync(AuthenticationProperties? properties) =>
        Problems.WriteAsync(Context, Context.User is Caller { IsGuest: true } ? Problem.Guest : Problem.Forbidden);

    /// <summary>Returns the token of the request, unverified; empty when it has none.</summary>
    public static string TokenOf(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count > 0) return TokenOf(context.Request.Headers);
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<TokenInCookie>() is not null && context.Request.Cookies[TokenInCookie.Name] is { } kept) return kept;
        var isTaken = metadata?.GetMetadata<TokenInAddress>() is not null;
        return isTaken && context.Request.Query[TokenInAddress.Parameter] is [{ } token, ..] ? token : "";
    }

    /// <summary>Returns the token of the header, unverified; empty when there is none.</summary>
    public static string TokenOf(IHeaderDictionary headers)
    {
        if (headers.Authorization.Count > 1) return None;
        return headers.Authorization is [{ } header] && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Prefix.Length..].Trim()
            : "";
    }

    private HttpContext Context => _context ?? throw new InvalidOperationException("Initialize first.");

    private async ValueTask<AuthenticateResult> JudgeAsync(string token)
    {
        if (token.Length == 0) return AuthenticateResult.NoResult();
        if (!tokens.TryRead(token, out var claims))
        {
            if (claims != default) return BadToken;     // it is ours, and expired
            (var state, claims) = await foreign(token, Context.RequestAborted);
            if (state == ForeignState.Good) return Success(Context, claims);
            if (state == ForeignState.Ended) return Over(claims);
            if (state == ForeignState.Forged) SecurityNote.Of(Context).Outcome = SecurityOutcome.Forged;
            return BadToken;
        }

        var isOver = ended.Contains(claims.SessionId) || !await sessions(claims, Context.RequestAborted);
        return isOver ? Over(claims) : Success(Context, claims);
    }

    private static AuthenticateResult Success(HttpContext context, in AccessClaims claims)
    {
        RequestScope.Know(context, claims.UserId);
        return AuthenticateResult.Success(new AuthenticationTicket(new Caller(claims), Caller.Scheme));
    }

    private AuthenticateResult Over(in AccessClaims claims)
    {
        SecurityNote.Of(Context).Outcome = SecurityOutcome.Ended;
        SecurityNote.Of(Context).Subject = claims.UserId.Value;
        return Ended;
    }
}

/// <summary>
/// Metadata of an endpoint that also takes the token as <c>?access_token=</c>: browsers' EventSource cannot set headers. No other endpoint
/// takes a token from an address, which lands in logs and histories.
/// </summary>
internal sealed class TokenInAddress
{
    public const string Parameter = "access_token";

    /// <summary>Its name in the API document.</summary>
    public const string Scheme = "AccessToken";
}

/// <summary>
/// Metadata of an endpoint that only reads, and also takes the token from a cookie: what a page shows as a picture or plays, its browser
/// asks for without headers. The cookie goes to these addresses alone, and comes from pages of this server alone (SameSite).
/// </summary>
internal sealed class TokenInCookie
{
    public const string Name = "maru-files";

    /// <summary>The addresses to which browsers send it.</summary>
    public const string Path = "/api/files";
}

using Maru.Engine.Problems;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// The refresh token as a cookie, for the server's own pages: no script can read it, and no other page can use it. Browsers send it to the
/// addresses of sign-in alone; what it is used for there is refused to all requests but those of own pages. Any thread.
/// </summary>
internal sealed class RefreshCookie(TimeProvider time)
{
    public const string Name = "maru-refresh";

    private const string Path = "/api/auth";

    /// <summary>Returns the refusal of a request that asks for the cookie, or comes with it, from anywhere but an own page.</summary>
    public static ProblemHttpResult? Refusal(HttpContext context) =>
        Origins.IsOwnPage(context.Request) ? null : Problem.CrossOrigin.Result();

    /// <summary>Returns the refresh token of the request; null: it has none.</summary>
    public static string? Read(HttpContext context) => context.Request.Cookies[Name];

    /// <summary>
    /// Moves the refresh token from the response's body into its cookie, for as long as the session may live. The access token gets one
    /// too, for the contents of files alone: see <see cref="TokenInCookie"/>.
    /// </summary>
    public SignedIn Take(HttpContext context, OpenSession session, SignedIn signedIn)
    {
        Append(context, Name, Path, session.Token.Text, session.ExpiresAt - time.GetUtcNow());
        Append(context, TokenInCookie.Name, TokenInCookie.Path, signedIn.AccessToken, TimeSpan.FromSeconds(signedIn.ExpiresIn));
        return signedIn with { RefreshToken = null };
    }

    public static void Clear(HttpContext context)
    {
        Append(context, Name, Path, "", TimeSpan.Zero);
        Append(context, TokenInCookie.Name, TokenInCookie.Path, "", TimeSpan.Zero);
    }

    private static void Append(
        HttpContext context, string name, string path, string value, TimeSpan age) => context.Response.Cookies.Append(name, value, new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = context.Link(path),
            MaxAge = age,
        });
}

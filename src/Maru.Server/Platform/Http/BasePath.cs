using System.Text.RegularExpressions;

namespace Maru.Server.Platform.Http;

/// <summary>
/// The path below which clients reach the server: <see cref="HttpOptions.BasePath"/> or, behind a trusted proxy, <c>X-Forwarded-Prefix</c>.
/// Requests come with it or, where a proxy strips it, without; addresses in responses have it.
/// </summary>
internal static partial class BasePath
{
    /// <summary>Segments of unreserved characters (RFC 3986, 2.3), none of which begins with a dot.</summary>
    public const string Pattern = @"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*";

    public static void UseBasePath(this WebApplication app)
    {
        if (app.Services.GetRequiredService<HttpOptions>().BasePath is not { Length: > 0 } path) return;
        app.Use(next => context =>
        {
            var request = context.Request;
            if (request.Path.StartsWithSegments(path, out var rest)) request.Path = rest;
            request.PathBase = path;
            return next(context);
        });
    }

    public static bool IsValid(string path) => Whole.IsMatch(path);

    /// <summary>Returns the address of a resource here, for Location.</summary>
    /// <param name="context">the request that asks for it</param>
    /// <param name="path">from the server's root</param>
    public static string Link(this HttpContext context, string path) => context.Request.PathBase.Value + path;

    [GeneratedRegex(@"\A" + Pattern + @"\z")]
    private static partial Regex Whole { get; }
}

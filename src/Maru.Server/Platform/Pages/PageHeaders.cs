using Maru.Server.Platform.Http;

namespace Maru.Server.Platform.Pages;

/// <summary>
/// What pages tell browsers besides <see cref="ResponseHeaders"/>: they load the program's own files, ask the server itself, and nothing
/// else. A worker has the policy that its own file came with, so each file has it.
/// </summary>
/// <param name="options">whose origins of pictures are loaded too</param>
/// <param name="others">origins to which the server leads</param>
internal sealed class PageHeaders(HttpOptions options, IEnumerable<ContentOrigin> others)
{
    private const string UntilAsked = "no-cache";
    private const string ForGood = "public, max-age=31536000, immutable";

    /// <summary>Of the features that browsers ask people about a chat uses the microphone, for voice messages.</summary>
    private const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(self), midi=(), "
        + "payment=(), usb=()";

    private readonly string _policy = string.Join("; ",
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        string.Join(' ', ["img-src 'self' data: blob:", .. options.ListImageOrigins(), .. Shown(others)]),
        string.Join(' ', ["media-src 'self' blob:", .. Shown(others)]),
        "font-src 'self'",
        string.Join(' ', ["connect-src 'self'", .. others.Select(other => other.Origin)]),
        "manifest-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]);

    /// <param name="headers">those of the response</param>
    /// <param name="isForGood">whether what is at this address never changes</param>
    public void AddTo(IHeaderDictionary headers, bool isForGood)
    {
        headers.CacheControl = isForGood ? ForGood : UntilAsked;
        headers.ContentSecurityPolicy = _policy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Permissions;
    }

    private static IEnumerable<string> Shown(IEnumerable<ContentOrigin> others) =>
        others.Where(other => other.IsShown).Select(other => other.Origin);
}

/// <summary>An origin beside the server's own with which its pages speak.</summary>
/// <param name="IsShown">its pictures, sounds and videos are shown, too</param>
internal sealed record ContentOrigin(string Origin, bool IsShown);

using System.ComponentModel.DataAnnotations;
using System.Text;

namespace Maru.Server.Platform.Http;

/// <summary>The path of the server, the pages that may use it, and what its own pages load.</summary>
internal sealed class HttpOptions : IValidatableObject
{
    /// <summary>Path below which the server is reached, as <c>/chat</c>, whether or not a proxy strips it; empty: the root.</summary>
    [RegularExpression(Http.BasePath.Pattern, ErrorMessage = "BasePath must be like /chat, without a slash at its end.")]
    public string BasePath { get; set; } = "";

    /// <summary>
    /// Origins of other pages that browsers may let use the server, with commas between: <c>https://chat.example.org</c>. Empty: none by
    /// requests, all by sockets.
    /// </summary>
    public string AllowedOrigins { get; set; } = "";

    /// <summary>
    /// Origins whose pictures the server's own pages load, with commas between: <c>https://avatars.example.org</c>. Empty: none, so nobody
    /// else learns who reads what.
    /// </summary>
    public string ImageOrigins { get; set; } = "";

    /// <summary>
    /// The <c>Strict-Transport-Security</c> of responses over HTTPS (RFC 6797): browsers come by HTTPS alone from then on, to subdomains
    /// too. Empty: none.
    /// </summary>
    [RegularExpression(
        @"max-age=\d{1,10}(; includeSubDomains)?(; preload)?|",
        ErrorMessage = "StrictTransport must be like max-age=31536000; includeSubDomains.")]
    public string StrictTransport { get; set; } = "max-age=31536000; includeSubDomains";

    public string[] ListOrigins() => Split(AllowedOrigins);

    public string[] ListImageOrigins() => Split(ImageOrigins);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. Check(nameof(AllowedOrigins), ListOrigins()), .. Check(nameof(ImageOrigins), ListImageOrigins())];

    private static IEnumerable<ValidationResult> Check(string name, string[] origins) =>
        from origin in origins
        where !IsOrigin(origin)
        select new ValidationResult($"{name} has {origin}, which is no origin (https://chat.example.org).");

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// Returns whether the text is an origin as browsers write one (RFC 6454, 6.2): ASCII in lower case, no user, default port or path.
    /// </summary>
    private static bool IsOrigin(string text) =>
        Ascii.IsValid(text) && !text.Contains('@')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && text == uri.GetLeftPart(UriPartial.Authority);
}

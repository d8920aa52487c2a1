using System.Text.Json;

namespace Maru.Server.Platform.Tokens.Issuers;

/// <summary>The claims of another issuer's token, as they stand in it.</summary>
/// <param name="Issuer">the <c>iss</c></param>
/// <param name="Subject">the <c>sub</c>: whom the issuer means, for good</param>
/// <param name="Handle">what a new user's handle may be made of, or null</param>
/// <param name="Name">the user's name there, or null</param>
/// <param name="Avatar">the address of the user's picture, or null</param>
/// <param name="IssuedAt">unix seconds</param>
/// <param name="NotBefore">unix seconds</param>
/// <param name="ExpiresAt">unix seconds</param>
/// <param name="Skew">seconds by which the issuer's clock may differ</param>
internal sealed record IssuerClaims(
    string Issuer, string Subject, string? Handle, string? Name, string? Avatar, long IssuedAt, long NotBefore, long ExpiresAt, long Skew)
{
    private const int MaxSubject = 255;     // characters: OpenID Connect Core section 2
    private const int MaxText = 700;        // characters: longer ones are no name or address here, and would be remembered for nothing
    private const double LastDate = 253_402_300_799;    // of the year 9999

    /// <summary>Reads the claims of a token that was verified; null: one is missing, or is not as it must be.</summary>
    public static IssuerClaims? Read(JsonElement payload, IssuerOptions options)
    {
        if (Text(payload, "sub") is not { Length: > 0 and <= MaxSubject } subject || subject.Contains('\0')) return null;
        if (Date(payload, "iat") is not (> 0 and var issuedAt) || Date(payload, "exp") is not { } expiresAt) return null;
        if (payload.TryGetProperty("nbf", out _) && Date(payload, "nbf") is null) return null;
        if (expiresAt - issuedAt > options.MaxLifetime.TotalSeconds) return null;
        return new IssuerClaims(
            options.Issuer, subject,
            Short(payload, options.HandleClaim), Short(payload, options.NameClaim), Short(payload, options.AvatarClaim),
            issuedAt, Math.Max(Date(payload, "nbf") ?? 0, issuedAt), expiresAt, (long)options.ClockSkew.TotalSeconds);
    }

    /// <summary>Returns whether the token is valid now; one that was issued in the future is not.</summary>
    public bool IsInTime(DateTimeOffset now) =>
        now.ToUnixTimeSeconds() is var second && second < ExpiresAt + Skew && second >= NotBefore - Skew;

    private static string? Short(JsonElement payload, string name) =>
        Text(payload, name) is { Length: <= MaxText } text ? text : null;

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Date(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var date)
            && Math.Abs(date) <= LastDate ? (long)Math.Floor(date) : null;
}

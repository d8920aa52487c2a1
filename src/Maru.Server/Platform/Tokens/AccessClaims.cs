using System.Globalization;
using System.Text.Json;
using Maru.Engine;

namespace Maru.Server.Platform.Tokens;

/// <summary>The claims of an access token: its user, its session, and until when it is valid.</summary>
/// <param name="Role"><c>user</c>, <c>admin</c> or <c>guest</c></param>
/// <param name="ExpiresAt">unix seconds; nodes take the token for as much longer as their clocks may differ</param>
/// <param name="NotBefore">unix seconds; nodes take the token as much sooner</param>
/// <param name="IssuedAt">unix seconds</param>
/// <param name="Mark">the session's; 0: an older program wrote the token</param>
internal readonly record struct AccessClaims(
    UserId UserId, long SessionId, string Role, long ExpiresAt, long NotBefore = 0, long IssuedAt = 0, long Mark = 0)
{
    /// <summary>The role of guests.</summary>
    public const string Guest = "guest";

    // Seconds of the year 9999: a later date is nonsense, and arithmetic on it would overflow.
    private const long LastDate = 253_402_300_799;

    /// <summary>
    /// Makes the claims of another issuer's token. Its session is below zero and says when it was issued: all that end together.
    /// </summary>
    public static AccessClaims OfForeign(UserId user, long issuedAt, long notBefore, long expiresAt) =>
        new(user, -issuedAt, "user", expiresAt, notBefore, issuedAt);

    /// <summary>Returns whether another issuer made the token: it belongs to no session of ours.</summary>
    public bool IsForeign => SessionId < 0;

    /// <summary>Reads the claims of RFC 7519 section 4.1 that we write, and <c>nbf</c>; unknown ones are skipped.</summary>
    /// <param name="payload">of a token that was verified</param>
    /// <param name="claims">
    /// the claims; <c>iat</c> must be a date and is not judged further: a clock that was set back ends no token
    /// </param>
    public static bool TryRead(JsonElement payload, out AccessClaims claims)
    {
        claims = default;
        if (!TryReadId(payload, "sub"u8, out var user) || !TryReadId(payload, "sid"u8, out var session)) return false;
        if (!TryReadDate(payload, "exp"u8, out var expiresAt) || expiresAt is null) return false;
        if (!TryReadDate(payload, "nbf"u8, out var notBefore) || !TryReadDate(payload, "iat"u8, out var issuedAt)) return false;
        if (!TryReadMark(payload, out var mark)) return false;
        if (payload.TryGetProperty("aud"u8, out _)) return false;   // for another audience: ours name none
        if (payload.TryGetProperty("role"u8, out var role) && role.ValueKind != JsonValueKind.String) return false;
        var known = role.ValueKind == JsonValueKind.String ? role.GetString() : null;
        claims = new AccessClaims(
            new UserId(user), session, known is "admin" or Guest ? known : "user", expiresAt.Value, notBefore ?? 0, issuedAt ?? 0, mark);
        return true;
    }

    /// <summary><c>NumericDate</c>: seconds since 1970, perhaps with a fraction. False when it is something else.</summary>
    /// <param name="payload">of the token</param>
    /// <param name="name">of the claim</param>
    /// <param name="seconds">whole ones; null when the claim is absent</param>
    private static bool TryReadDate(JsonElement payload, ReadOnlySpan<byte> name, out long? seconds)
    {
        seconds = null;
        if (!payload.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var date) || !(Math.Abs(date) <= LastDate)) return false;
        seconds = (long)Math.Floor(date);
        return true;
    }

    /// <summary><c>mark</c>: sixteen hexadecimal digits, for a JSON number would lose some. False when it is something else.</summary>
    private static bool TryReadMark(JsonElement payload, out long mark)
    {
        mark = 0;
        if (!payload.TryGetProperty("mark"u8, out var value)) return true;
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: 16 } digits) return false;
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mark) && mark > 0;
    }

    /// <summary>A positive number in a string: <c>sub</c> is one by definition, <c>sid</c> follows it.</summary>
    private static bool TryReadId(JsonElement payload, ReadOnlySpan<byte> name, out long id)
    {
        id = 0;
        if (!payload.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return false;
        var digits = value.GetString();
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0 && digits[0] != '0';
    }
}

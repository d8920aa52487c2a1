using System.Buffers.Text;
using System.Text.Json;
using Maru.Engine;

namespace Maru.Server.Platform.Tokens;

/// <summary>Reads the claims of an access token in one pass (RFC 7519 section 4.1). Claims that we do not know are skipped.</summary>
internal static class ClaimsReader
{
    // Seconds of the year 9999: a date beyond it is nonsense, and arithmetic on it would overflow.
    private const long LastDate = 253_402_300_799;

    [Flags]
    private enum Claim
    {
        Unknown = 0,
        Subject = 1,
        Session = 2,
        Expires = 4,
        Issuer = 8,
        Needed = Subject | Session | Expires | Issuer,
        NotBefore = 16,
        Role = 32,
        Audience = 64,
    }

    /// <exception cref="JsonException">This is not JSON.</exception>
    public static bool TryRead(ReadOnlySpan<byte> payload, string issuer, out AccessClaims claims, out long notBefore)
    {
        long user = 0, session = 0, expiresAt = 0;
        var role = "user";
        claims = default;
        notBefore = 0;
        var seen = Claim.Unknown;
        var json = new Utf8JsonReader(payload);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var claim = Name(ref json);
            if ((seen & claim) != 0) return false;   // section 4 allows to refuse a name that comes twice: two readers could see two users
            seen |= claim;
            json.Read();
            var good = claim switch
            {
                Claim.Subject => TryReadId(ref json, out user),
                Claim.Session => TryReadId(ref json, out session),
                Claim.Expires => TryReadDate(ref json, out expiresAt),
                Claim.NotBefore => TryReadDate(ref json, out notBefore),
                Claim.Issuer => json.TokenType == JsonTokenType.String && json.ValueTextEquals(issuer),
                Claim.Role => TryReadRole(ref json, out role),
                Claim.Audience => false,   // for somebody else: ours name nobody
                _ => json.TrySkip(),
            };
            if (!good) return false;
        }

        claims = new AccessClaims(new UserId(user), session, role, expiresAt);
        return (seen & Claim.Needed) == Claim.Needed && !json.Read();
    }

    private static Claim Name(ref Utf8JsonReader json) =>
        json.ValueTextEquals("sub"u8) ? Claim.Subject
        : json.ValueTextEquals("sid"u8) ? Claim.Session
        : json.ValueTextEquals("exp"u8) ? Claim.Expires
        : json.ValueTextEquals("nbf"u8) ? Claim.NotBefore
        : json.ValueTextEquals("iss"u8) ? Claim.Issuer
        : json.ValueTextEquals("role"u8) ? Claim.Role
        : json.ValueTextEquals("aud"u8) ? Claim.Audience
        : Claim.Unknown;

    /// <summary>A positive number in a string: <c>sub</c> is one by definition, <c>sid</c> follows it.</summary>
    private static bool TryReadId(ref Utf8JsonReader json, out long id)
    {
        id = 0;
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped) return false;
        var digits = json.ValueSpan;
        return Utf8Parser.TryParse(digits, out id, out var used) && used == digits.Length && id > 0 && digits[0] is >= (byte)'1' and <= (byte)'9';
    }

    /// <summary><c>NumericDate</c>: seconds since 1970, perhaps with a fraction.</summary>
    private static bool TryReadDate(ref Utf8JsonReader json, out long seconds)
    {
        seconds = 0;
        if (json.TokenType != JsonTokenType.Number) return false;
        if (json.TryGetInt64(out seconds)) return seconds is >= -LastDate and <= LastDate;
        if (!json.TryGetDouble(out var fraction) || !(Math.Abs(fraction) <= LastDate)) return false;
        seconds = (long)Math.Floor(fraction);
        return true;
    }

    private static bool TryReadRole(ref Utf8JsonReader json, out string role)
    {
        role = json.TokenType == JsonTokenType.String && json.ValueTextEquals("admin"u8) ? "admin" : "user";
        return json.TokenType == JsonTokenType.String;
    }
}

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Maru.Engine;

namespace Maru.Server.Platform.Tokens;

/// <summary>What an access token says: whose it is, of which session, and until when.</summary>
/// <param name="Role"><c>user</c> or <c>admin</c></param>
/// <param name="ExpiresAt">unix seconds; nodes take the token for as much longer as their clocks may be apart</param>
internal readonly record struct AccessClaims(UserId UserId, long SessionId, string Role, long ExpiresAt);

/// <summary>Writes and reads access tokens: JSON Web Tokens with the claims <c>iss sub sid role iat exp</c> (RFC 7519 section 4.1). Reading needs no store. Any thread.</summary>
internal sealed class AccessTokens(SigningKey key, JwtOptions options, TimeProvider time)
{
    private readonly Jws _jws = new(key);
    private readonly long _skew = (long)options.ClockSkew.TotalSeconds;

    public string Write(UserId user, long session, string role, TimeSpan lifetime)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var payload = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss"u8, options.Issuer);
            json.WriteString("sub"u8, user.Value.ToString(CultureInfo.InvariantCulture));
            json.WriteString("sid"u8, session.ToString(CultureInfo.InvariantCulture));
            json.WriteString("role"u8, role);
            json.WriteNumber("iat"u8, now);
            json.WriteNumber("exp"u8, now + (long)lifetime.TotalSeconds);
            json.WriteEndObject();
        }

        return _jws.Write(payload.WrittenSpan);
    }

    /// <summary>True when we signed it, it is for us and its time is now. Whether its session has ended is another question: <see cref="EndedSessions"/>.</summary>
    public bool TryRead(ReadOnlySpan<char> token, out AccessClaims claims)
    {
        Span<byte> buffer = stackalloc byte[Jws.MaxLength];
        claims = default;
        try
        {
            return _jws.TryRead(token, buffer, out var payload) && ClaimsReader.TryRead(payload, options.Issuer, out claims, out var notBefore)
                && InTime(claims.ExpiresAt, notBefore);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;   // signed by us, yet not JSON: never written by this class
        }
    }

    /// <summary>How long the token is still taken, here and now.</summary>
    public TimeSpan TimeLeft(in AccessClaims claims) => DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt + _skew) - time.GetUtcNow();

    private bool InTime(long expiresAt, long notBefore)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return now < expiresAt + _skew && now >= notBefore - _skew;
    }
}

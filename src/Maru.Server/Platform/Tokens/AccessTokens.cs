using System.Globalization;
using System.Text.Json;
using Maru.Engine;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// Writes and reads access tokens: JSON Web Tokens with the claims <c>iss sub sid mark role iat exp</c> (RFC 7519 section 4.1). Reading
/// needs no store. Any thread.
/// </summary>
internal sealed class AccessTokens(SigningKey key, VerificationKeys keys, JwtOptions options, TimeProvider time)
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly TokenVerifier _verifier = new(keys, options.Issuer);
    private readonly VerifiedTokens<AccessClaims> _verified = new();
    private readonly long _skew = (long)options.ClockSkew.TotalSeconds;

    /// <param name="user">the user</param>
    /// <param name="session">the session's number, which a restored store may give again</param>
    /// <param name="mark">the session's mark, which it does not</param>
    /// <param name="role"><c>user</c> or <c>admin</c></param>
    /// <param name="lifetime">how long it is valid</param>
    public string Write(UserId user, long session, long mark, string role, TimeSpan lifetime)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Issuer,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.Value.ToString(CultureInfo.InvariantCulture),
                ["sid"] = session.ToString(CultureInfo.InvariantCulture),
                ["mark"] = mark.ToString("x16", CultureInfo.InvariantCulture),
                ["role"] = role,
            },
            IssuedAt = now,
            Expires = now + lifetime,
            SigningCredentials = key.Credentials,
        });
    }

    /// <summary>
    /// Reads a token; true when a key of ours signed it, it is for us and valid now. Whether it belongs to its session is for <see
    /// cref="SessionVerifier"/> to tell, whether that has ended for <see cref="EndedSessions"/>.
    /// </summary>
    /// <param name="token">as it came</param>
    /// <param name="claims">the claims, also of a token of ours that is not valid now; the default where we did not write it</param>
    public bool TryRead(ReadOnlySpan<char> token, out AccessClaims claims)
    {
        claims = default;
        if (token.Length > TokenForm.MaxLength) return false;
        var id = VerifiedTokens<AccessClaims>.IdOf(token);
        if (_verified.TryGet(id, out claims)) return IsInTime(claims);
        if (!TryVerify(token, out claims) || !IsInTime(claims)) return false;
        _verified.Add(id, claims);
        return true;
    }

    /// <summary>Returns how long the token is still taken on this node.</summary>
    public TimeSpan TimeLeft(in AccessClaims claims) => DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt + _skew) - time.GetUtcNow();

    private bool IsInTime(in AccessClaims claims)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return now < claims.ExpiresAt + _skew && now >= claims.NotBefore - _skew;
    }

    private bool TryVerify(ReadOnlySpan<char> token, out AccessClaims claims)
    {
        claims = default;
        try
        {
            return _verifier.Verify(token, out var form) && AccessClaims.TryRead(form.Payload, out claims);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;   // it is no JSON, or has text that is none
        }
    }
}

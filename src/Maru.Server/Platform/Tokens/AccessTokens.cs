using System.Globalization;
using System.Text.Json;
using Maru.Engine;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// Writes and reads access tokens: JSON Web Tokens with the claims <c>iss sub sid role iat exp</c> (RFC 7519 section 4.1). Reading needs
/// no store. Any thread.
/// </summary>
internal sealed class AccessTokens(SigningKey key, VerificationKeys keys, JwtOptions options, TimeProvider time)
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly TokenVerifier _verifier = new(keys, options.Issuer);
    private readonly VerifiedTokens _verified = new();
    private readonly long _skew = (long)options.ClockSkew.TotalSeconds;

    public string Write(UserId user, long session, string role, TimeSpan lifetime)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Issuer,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.Value.ToString(CultureInfo.InvariantCulture),
                ["sid"] = session.ToString(CultureInfo.InvariantCulture),
                ["role"] = role,
            },
            IssuedAt = now,
            Expires = now + lifetime,
            SigningCredentials = key.Credentials,
        });
    }

    /// <summary>
    /// Reads a token; true when a key of ours signed it, it is for us and valid now. Whether its session has ended is for <see
    /// cref="EndedSessions"/> to tell.
    /// </summary>
    public bool TryRead(ReadOnlySpan<char> token, out AccessClaims claims)
    {
        claims = default;
        if (token.Length > TokenForm.MaxLength) return false;
        var id = VerifiedTokens.IdOf(token);
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

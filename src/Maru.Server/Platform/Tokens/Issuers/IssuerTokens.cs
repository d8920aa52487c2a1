using System.Collections.Frozen;
using System.Text.Json;
using Maru.Server.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens.Issuers;

/// <summary>
/// Verifies the tokens of other issuers: form, signature, <c>iss</c> and <c>aud</c>, with the keys and algorithms of the issuer that the
/// token names and no others (RFC 8725 section 3). Their times are the caller's to judge. Any thread.
/// </summary>
internal sealed class IssuerTokens : IDisposable
{
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = TokenForm.MaxLength };

    private readonly FrozenDictionary<string, Issuer> _issuers;
    private readonly VerifiedTokens<Verified> _verified = new();

    /// <exception cref="StartException">Two issuers have one name, or a file of keys cannot be read.</exception>
    public IssuerTokens(JwtOptions options, TimeProvider time, ILogger<IssuerKeys> log)
    {
        var issuers = options.Issuers.Values.Select(x => new Issuer(x, new IssuerKeys(x, time, log))).ToArray();
        _issuers = issuers.ToFrozenDictionary(x => x.Options.Issuer, StringComparer.Ordinal);
    }

    /// <summary>Returns whether there is an issuer at all.</summary>
    public bool HasAny => _issuers.Count > 0;

    /// <summary>Reads a token; null when it is not one of a known issuer for us.</summary>
    public async ValueTask<IssuerClaims?> ReadAsync(string token, CancellationToken ct)
    {
        if (!HasAny || token.Length > TokenForm.MaxLength) return null;
        var id = VerifiedTokens<Verified>.IdOf(token);
        if (_verified.TryGet(id, out var known) && known.Issuer.Keys.Now == known.With)
        {
            known.Issuer.Keys.Refresh();
            return known.Claims;
        }

        if (Parse(token) is not { } parsed || !_issuers.TryGetValue(parsed.Issuer, out var issuer)) return null;
        if (!issuer.Algorithms.Contains(parsed.Algorithm)) return null;
        var (key, keys) = await issuer.Keys.FindAsync(parsed.KeyId, parsed.Algorithm, ct);
        if (key is null || !IsSigned(token, key, issuer) || IssuerClaims.Read(parsed.Form.Payload, issuer.Options) is not { } claims)
            return null;
        _verified.Add(id, new Verified(claims, issuer, keys));
        return claims;
    }

    public void Dispose()
    {
        foreach (var issuer in _issuers.Values) issuer.Keys.Dispose();
    }

    private static Parsed? Parse(string token)
    {
        try
        {
            if (!TokenForm.TryRead(token, out var form)) return null;
            if (!form.Header.TryGetProperty("alg"u8, out var algorithm)) return null;
            if (!form.Payload.TryGetProperty("iss"u8, out var issuer)) return null;
            var key = form.Header.TryGetProperty("kid"u8, out var id) ? id.GetString() : null;
            return issuer.GetString() is { } iss && algorithm.GetString() is { } alg ? new Parsed(form, iss, alg, key) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;    // it is no JSON, has text that is none, or something else where a text must be
        }
    }

    private static bool IsSigned(string token, SecurityKey key, Issuer issuer)
    {
        var rules = new TokenValidationParameters
        {
            ValidAlgorithms = issuer.Algorithms,
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = true,     // there is one, and it was chosen by its id
            ValidIssuer = issuer.Options.Issuer,
            ValidAudience = issuer.Options.Audience,
            ValidateLifetime = false,
        };
        var verified = Handler.ValidateTokenAsync(token, rules);    // nothing in the rules waits: it has completed
        return verified.IsCompletedSuccessfully && verified.Result.IsValid;
    }

    private sealed record Issuer(IssuerOptions Options, IssuerKeys Keys)
    {
        public string[] Algorithms { get; } = Options.AlgorithmList;
    }

    private sealed record Parsed(TokenForm Form, string Issuer, string Algorithm, string? KeyId);

    private sealed record Verified(IssuerClaims Claims, Issuer Issuer, IssuerKeySet With);
}

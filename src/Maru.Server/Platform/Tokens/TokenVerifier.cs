using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens;

/// <summary>Verifies a token's signature and issuer. Its times and other claims are the caller's to judge. Any thread.</summary>
internal sealed class TokenVerifier
{
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = TokenForm.MaxLength };

    private readonly TokenValidationParameters _rules;

    /// <param name="keys">the keys that may have signed it</param>
    /// <param name="issuer">the <c>iss</c> that is demanded; null: any</param>
    public TokenVerifier(VerificationKeys keys, string? issuer) => _rules = new TokenValidationParameters
    {
        ValidAlgorithms = keys.Algorithms,
        IssuerSigningKeyResolver = (_, _, id, _) => keys.Find(id),
        ValidateIssuer = issuer is not null,
        ValidIssuer = issuer,
        ValidateAudience = false,
        ValidateLifetime = false,
    };

    public bool Verify(ReadOnlySpan<char> token, out TokenForm form)
    {
        if (!TokenForm.TryRead(token, out form)) return false;
        var verified = Handler.ValidateTokenAsync(token.ToString(), _rules);    // nothing in the rules waits: it has completed
        return verified.IsCompletedSuccessfully && verified.Result.IsValid;
    }
}

using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Platform.Tokens;

internal sealed class JwtOptions : IValidatableObject
{
    /// <summary>HS256 or ES256. A token's own <c>alg</c> is only compared with it.</summary>
    [AllowedValues(TokenKey.Hs256, TokenKey.Es256, ErrorMessage = "Algorithm must be HS256 or ES256.")]
    public string Algorithm { get; set; } = TokenKey.Hs256;

    /// <summary>The <c>iss</c> that tokens get and must have.</summary>
    [Required]
    public string Issuer { get; set; } = "maru";

    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A session that is not refreshed for this long ends.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long an exchange of a refresh token may be repeated, by a second tab or after a lost response; 0: never. Its successor's first
    /// use ends it sooner.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RefreshGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How far the clocks of the nodes may differ.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Other systems whose tokens are taken, by a name that the operator gives them.</summary>
    public Dictionary<string, IssuerOptions> Issuers { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RefreshTokenLifetime < AccessTokenLifetime)
            yield return new ValidationResult($"{nameof(RefreshTokenLifetime)} must not be shorter than {nameof(AccessTokenLifetime)}.");
        if (Issuers.Values.Select(x => x.Issuer).Append(Issuer).Distinct().Count() <= Issuers.Count)
            yield return new ValidationResult($"Each of {nameof(Issuers)} needs an {nameof(Issuer)} of its own.");
    }
}

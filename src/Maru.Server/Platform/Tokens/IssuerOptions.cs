using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// Another system whose access tokens are taken: its users are users here. Its key is one of <see cref="Secret"/>, <see cref="JwksFile"/>
/// and <see cref="JwksUrl"/>.
/// </summary>
internal sealed class IssuerOptions : IValidatableObject
{
    private const int LeastDifferentBytes = 8;

    private static readonly string[] PublicAlgorithms =
    [
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
    ];

    /// <summary>The <c>iss</c> of its tokens, to the letter.</summary>
    [Required]
    [StringLength(500)]
    public string Issuer { get; set; } = "";

    /// <summary>The <c>aud</c> that its tokens must name: a token for another service opens nothing here.</summary>
    [Required]
    public string Audience { get; set; } = "";

    /// <summary>The secret that it signs with, by HS256: 32 bytes of UTF-8 at least.</summary>
    public string Secret { get; set; } = "";

    /// <summary>A file with its public keys: a JSON Web Key Set (RFC 7517 section 5).</summary>
    public string JwksFile { get; set; } = "";

    /// <summary>The address of its public keys: https, or http on this machine.</summary>
    public string JwksUrl { get; set; } = "";

    /// <summary>The algorithms that its keys may be used with. A secret is for HS256, whatever stands here.</summary>
    public string Algorithms { get; set; } = "ES256, RS256";

    /// <summary>The claim that a new user's handle is made of; where a token has none, it is made of <c>sub</c>.</summary>
    public string HandleClaim { get; set; } = "preferred_username";

    public string NameClaim { get; set; } = "name";

    /// <summary>The claim with the https address of the user's picture.</summary>
    public string AvatarClaim { get; set; } = "picture";

    /// <summary>The longest time between a token's <c>iat</c> and <c>exp</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "31.00:00:00")]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How far its clock may differ from that of the nodes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the keys are read anew while they are used: one that is withdrawn is good for as long.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan KeysEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The least time between two reads of the keys, whatever unknown keys tokens name.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeysAgain { get; set; } = TimeSpan.FromSeconds(15);

    internal string[] AlgorithmList => Secret.Length > 0
        ? [TokenKey.Hs256]
        : Algorithms.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (new[] { Secret, JwksFile, JwksUrl }.Count(key => key.Length > 0) != 1)
            yield return new ValidationResult("One of Secret, JwksFile and JwksUrl must be set, and only one.");
        var secret = Encoding.UTF8.GetBytes(Secret);
        if (Secret.Length > 0 && (secret.Length < TokenKey.MinSecretBytes || secret.Distinct().Count() < LeastDifferentBytes))
            yield return new ValidationResult($"Secret must be random, and have {TokenKey.MinSecretBytes} bytes at least.");
        if (JwksUrl.Length > 0 && !IsSafe(JwksUrl)) yield return new ValidationResult("JwksUrl must be an https:// address.");
        if (Secret.Length > 0) yield break;
        if (AlgorithmList.Length == 0 || AlgorithmList.Except(PublicAlgorithms).Any())
            yield return new ValidationResult($"Algorithms must be some of {string.Join(", ", PublicAlgorithms)}.");
    }

    /// <summary>Whoever could change the keys on their way could sign in as anybody.</summary>
    private static bool IsSafe(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && url.UserInfo.Length == 0
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}

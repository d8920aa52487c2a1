using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// Makes the library's keys. The kind of a key decides its only algorithm, and its content its <c>kid</c>: nodes with the same key agree
/// on both.
/// </summary>
internal static class TokenKey
{
    /// <summary>HMAC with SHA-256, RFC 7518 section 3.2.</summary>
    public const string Hs256 = SecurityAlgorithms.HmacSha256;

    /// <summary>ECDSA on P-256 with SHA-256, RFC 7518 section 3.4.</summary>
    public const string Es256 = SecurityAlgorithms.EcdsaSha256;

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 section 3.3.</summary>
    public const string Rs256 = SecurityAlgorithms.RsaSha256;

    /// <summary>RFC 7518 section 3.2: the key is at least as long as the hash.</summary>
    public const int MinSecretBytes = 32;

    private const int MinRsaBits = 2048;    // RFC 7518 section 3.3
    private const int CoordinateBytes = 32;

    public static string AlgorithmOf(SecurityKey key) => key is JsonWebKey web ? web.Alg : Hs256;

    /// <exception cref="CryptographicException">It is too short.</exception>
    public static SymmetricSecurityKey OfSecret(byte[] secret)
    {
        if (secret.Length < MinSecretBytes) throw new CryptographicException($"{Hs256} needs {MinSecretBytes} bytes.");
        return new SymmetricSecurityKey(secret) { KeyId = Id(Hs256, HMACSHA256.HashData(secret, "maru key id"u8)) };
    }

    /// <param name="key">with or without its private part</param>
    /// <exception cref="CryptographicException">It is on another curve.</exception>
    public static JsonWebKey OfCurve(ECParameters key)
    {
        using var curve = ECDsa.Create(key);
        if (curve.KeySize != 8 * CoordinateBytes || key.Q is not { X: { } x, Y: { } y })
            throw new CryptographicException($"{Es256} needs a key on the curve P-256.");
        return new JsonWebKey
        {
            Kty = "EC",
            Alg = Es256,
            Kid = Id(Es256, SHA256.HashData(curve.ExportSubjectPublicKeyInfo())),
            Crv = "P-256",
            X = Base64Url.EncodeToString(x),
            Y = Base64Url.EncodeToString(y),
            D = key.D is null ? null : Base64Url.EncodeToString(key.D),
        };
    }

    /// <summary>Makes a key of the public part alone: this server signs nothing with it.</summary>
    /// <exception cref="CryptographicException">It is too short.</exception>
    public static JsonWebKey OfRsa(RSA key)
    {
        if (key.KeySize < MinRsaBits) throw new CryptographicException($"{Rs256} needs {MinRsaBits} bits.");
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonWebKey
        {
            Kty = "RSA",
            Alg = Rs256,
            Kid = Id(Rs256, SHA256.HashData(key.ExportSubjectPublicKeyInfo())),
            N = Base64Url.EncodeToString(parameters.Modulus),
            E = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    private static string Id(string algorithm, byte[] hash) => $"{algorithm}:{Convert.ToHexStringLower(hash.AsSpan(0, 8))}";
}

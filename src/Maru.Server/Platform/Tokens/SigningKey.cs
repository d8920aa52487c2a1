using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// The key that signs access tokens, with the only algorithm that it may be used with (RFC 8725 section 3.1). Any thread.
/// </summary>
internal sealed class SigningKey
{
    private readonly byte[] _secret;

    private SigningKey(SecurityKey key, SecurityKey verifies, byte[] secret)
    {
        Credentials = new SigningCredentials(key, TokenKey.AlgorithmOf(key));
        Verifies = verifies;
        _secret = secret;
    }

    /// <summary>Signs tokens.</summary>
    public SigningCredentials Credentials { get; }

    /// <summary>Verifies tokens that this key signed: the secret, or the public key.</summary>
    public SecurityKey Verifies { get; }

    /// <summary>The <c>alg</c> of RFC 7518 section 3.1.</summary>
    public string Algorithm => Credentials.Algorithm;

    /// <summary>The <c>kid</c> of its tokens: it tells keys apart, and nothing about them.</summary>
    public string Id => Verifies.KeyId;

    /// <exception cref="CryptographicException">It is shorter than the hash.</exception>
    public static SigningKey OfSecret(byte[] secret)
    {
        var key = TokenKey.OfSecret(secret);
        return new SigningKey(key, key, secret);
    }

    /// <exception cref="CryptographicException">It is public only, or on another curve.</exception>
    public static SigningKey OfCurve(ECDsa key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: true);
        var secret = parameters.D ?? throw new CryptographicException("To sign, ES256 needs the private key.");
        var verifies = TokenKey.OfCurve(key.ExportParameters(includePrivateParameters: false));
        return new SigningKey(TokenKey.OfCurve(parameters), verifies, secret);
    }

    /// <summary>Returns a key of 32 bytes for another purpose; all nodes with this key return the same.</summary>
    public byte[] Derive(ReadOnlySpan<byte> purpose)
    {
        var key = new byte[SHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, key, salt: [], purpose);
        return key;
    }
}

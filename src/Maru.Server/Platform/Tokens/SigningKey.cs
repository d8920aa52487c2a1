using System.Security.Cryptography;

namespace Maru.Server.Platform.Tokens;

/// <summary>A key together with the only algorithm that it may be used with (RFC 8725 section 3.1). Any thread.</summary>
internal abstract class SigningKey(string algorithm, int signatureBytes) : IDisposable
{
    /// <summary>The <c>alg</c> of RFC 7518 section 3.1.</summary>
    public string Algorithm { get; } = algorithm;

    public int SignatureBytes { get; } = signatureBytes;

    /// <summary>Tells keys apart, and nothing about them.</summary>
    public abstract string Id { get; }

    /// <summary>Fills <paramref name="signature"/>, which is <see cref="SignatureBytes"/> long.</summary>
    public abstract void Sign(ReadOnlySpan<byte> text, Span<byte> signature);

    public abstract bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature);

    /// <summary>Returns a key of 32 bytes for another purpose; all nodes with this key return the same.</summary>
    public abstract byte[] Derive(ReadOnlySpan<byte> purpose);

    public abstract void Dispose();

    protected static byte[] Derive(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> purpose)
    {
        var key = new byte[SHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt: [], purpose);
        return key;
    }
}

/// <summary>HMAC with SHA-256, RFC 7518 section 3.2: the key is at least as long as the hash.</summary>
internal sealed class Hs256Key : SigningKey
{
    public const string Name = "HS256";
    public const int MinKeyBytes = 32;

    private readonly byte[] _key;

    public Hs256Key(byte[] key) : base(Name, HMACSHA256.HashSizeInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, MinKeyBytes, nameof(key));
        _key = key;
        Id = $"{Name}:{Convert.ToHexStringLower(HMACSHA256.HashData(key, "maru key id"u8).AsSpan(0, 8))}";
    }

    public override string Id { get; }

    public override void Sign(ReadOnlySpan<byte> text, Span<byte> signature) => HMACSHA256.HashData(_key, text, signature);

    public override bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, text, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }

    public override byte[] Derive(ReadOnlySpan<byte> purpose) => Derive(_key, purpose);

    public override void Dispose() => CryptographicOperations.ZeroMemory(_key);
}

/// <summary>ECDSA on P-256 with SHA-256, RFC 7518 section 3.4: the signature is R and S, 32 bytes each.</summary>
internal sealed class Es256Key : SigningKey
{
    public const string Name = "ES256";

    private const int CoordinateBytes = 32;

    // ECDsa promises nothing about use from several threads at once.
    private readonly ThreadLocal<ECDsa> _key;
    private readonly byte[] _secret;

    public Es256Key(ECParameters key) : base(Name, 2 * CoordinateBytes)
    {
        _secret = key.D ?? throw new CryptographicException("To sign, ES256 needs the private key.");
        _key = new ThreadLocal<ECDsa>(() => ECDsa.Create(key), trackAllValues: true);
        if (_key.Value is not { KeySize: 8 * CoordinateBytes }) throw new CryptographicException("ES256 needs a key on the curve P-256.");
        Id = $"{Name}:{Convert.ToHexStringLower(SHA256.HashData(_key.Value.ExportSubjectPublicKeyInfo()).AsSpan(0, 8))}";
    }

    public override string Id { get; }

    public override void Sign(ReadOnlySpan<byte> text, Span<byte> signature) => Mine.SignData(text, signature, HashAlgorithmName.SHA256);

    public override bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => Mine.VerifyData(text, signature, HashAlgorithmName.SHA256);

    public override byte[] Derive(ReadOnlySpan<byte> purpose) => Derive(_secret, purpose);

    public override void Dispose()
    {
        foreach (var key in _key.Values) key.Dispose();
        _key.Dispose();
    }

    private ECDsa Mine => _key.Value ?? throw new ObjectDisposedException(nameof(Es256Key));
}

using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Device tokens: a device that signed in proves with one that it did, so its next sign-ins are not counted with those of strangers. It
/// signs nobody in. It is good until the password changes, and no store has it. Any thread.
/// <code>
/// token = BASE64URL(nonce(16) mac(16)),  mac = HMAC-SHA-256(key, user(8) nonce hash of the password)
/// </code>
/// </summary>
internal sealed class DeviceTokens(SigningKey key)
{
    private const int Half = 16;
    private const int Length = 43;      // of 32 bytes in Base64url

    private readonly byte[] _key = key.Derive("maru device token"u8);

    public string Make(UserId user, string passwordHash)
    {
        Span<byte> token = stackalloc byte[2 * Half];
        RandomNumberGenerator.Fill(token[..Half]);
        Mac(token[..Half], user, passwordHash, token[Half..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Returns the device's key, which tells it from the user's other devices; null where the token is not good.</summary>
    public long? Read(string? text, UserId user, string? passwordHash)
    {
        if (text is not { Length: Length } || passwordHash is null) return null;
        Span<byte> token = stackalloc byte[2 * Half];
        Span<byte> mac = stackalloc byte[Half];
        if (Base64Url.DecodeFromChars(text, token, out _, out var written) != OperationStatus.Done || written != token.Length) return null;
        Mac(token[..Half], user, passwordHash, mac);
        return CryptographicOperations.FixedTimeEquals(mac, token[Half..]) ? BinaryPrimitives.ReadInt64LittleEndian(token) : null;
    }

    private void Mac(ReadOnlySpan<byte> nonce, UserId user, string passwordHash, Span<byte> mac)
    {
        var text = new byte[sizeof(long) + Half + Encoding.UTF8.GetByteCount(passwordHash)];
        BinaryPrimitives.WriteInt64BigEndian(text, user.Value);
        nonce.CopyTo(text.AsSpan(sizeof(long)));
        Encoding.UTF8.GetBytes(passwordHash, text.AsSpan(sizeof(long) + Half));
        HMACSHA256.HashData(_key, text).AsSpan(0, Half).CopyTo(mac);
    }
}

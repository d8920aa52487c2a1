using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Maru.Server.Features.Sessions;

/// <summary>A refresh token: 256 bits for the client. The store has only their hash, so a copy of the store signs nobody in.</summary>
internal sealed record RefreshToken(string Text)
{
    private const int Bytes = 32;

    public byte[] Hash { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    public static RefreshToken Make() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)));

    /// <summary>
    /// Returns the token that this one is exchanged for. Under one key it is always the same, so an exchange can be repeated, at any node,
    /// and no secret is kept for that.
    /// </summary>
    public RefreshToken Next(byte[] key) => new(Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Text))));
}

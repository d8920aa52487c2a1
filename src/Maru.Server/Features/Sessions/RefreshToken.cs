using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Maru.Server.Features.Sessions;

/// <summary>256 random bits for the client. The store has only their hash, so a copy of it signs nobody in.</summary>
internal sealed record RefreshToken(string Text)
{
    private const int Bytes = 32;

    public byte[] Hash { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    public static RefreshToken Make() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)));
}

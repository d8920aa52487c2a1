using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Maru.Server.Platform.Tokens;

/// <summary>A session's mark: 62 random bits and never 0, so two sessions that get the same number have different ones.</summary>
internal static class SessionMark
{
    public static long Make() =>
        (BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long))) & (long.MaxValue >> 1)) + 1;
}

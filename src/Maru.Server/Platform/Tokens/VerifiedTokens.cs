using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// Remembers tokens that were found good, so that a client's next request costs a hash and not a signature. Only what can never change is
/// kept: time and ended sessions are asked each time. A token takes the place of another one; at most some 1 MB in all. Any thread.
/// </summary>
internal sealed class VerifiedTokens
{
    private const int Places = 8192;    // a power of two

    private readonly Entry?[] _places = new Entry?[Places];

    /// <summary>The token's SHA-256: no token lies about in memory for longer than its request.</summary>
    public static UInt128 IdOf(ReadOnlySpan<char> token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(token), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    public bool TryGet(UInt128 id, out AccessClaims claims)
    {
        var entry = Volatile.Read(ref Place(id));
        claims = entry?.Id == id ? entry.Claims : default;
        return entry?.Id == id;
    }

    public void Add(UInt128 id, in AccessClaims claims) => Volatile.Write(ref Place(id), new Entry(id, claims));

    private ref Entry? Place(UInt128 id) => ref _places[(int)id & (Places - 1)];

    private sealed record Entry(UInt128 Id, AccessClaims Claims);
}

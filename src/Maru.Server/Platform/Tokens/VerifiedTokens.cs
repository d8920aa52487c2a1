using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// Remembers tokens that were verified, so that a client's next request costs a hash and not a signature. Only facts that never change are
/// kept: times and ended sessions are checked each time. A token replaces another one of its slot; at most some 1 MB in all. Any thread.
/// </summary>
internal sealed class VerifiedTokens<T>
{
    private const int Slots = 8192;    // a power of two

    private readonly Entry?[] _slots = new Entry?[Slots];

    /// <summary>Returns the token's SHA-256, so that no token stays in memory for longer than its request.</summary>
    public static UInt128 IdOf(ReadOnlySpan<char> token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(token), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    public bool TryGet(UInt128 id, [MaybeNullWhen(false)] out T claims)
    {
        var entry = Volatile.Read(ref SlotOf(id));
        claims = entry is not null && entry.Id == id ? entry.Claims : default;
        return entry?.Id == id;
    }

    public void Add(UInt128 id, T claims) => Volatile.Write(ref SlotOf(id), new Entry(id, claims));

    private ref Entry? SlotOf(UInt128 id) => ref _slots[(int)id & (Slots - 1)];

    private sealed record Entry(UInt128 Id, T Claims);
}

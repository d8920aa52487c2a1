using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Maru.Server.Bus;

/// <summary>
/// Consistent hashing: each place owns many arcs of a circle, a key belongs to the next place behind it. With one place more or less only its own share of the keys moves.
/// </summary>
internal sealed class HashRing<T>
{
    private const int Arcs = 128;   // a place: shares differ by some 10 %

    private readonly (ulong At, T Place)[] _arcs;

    /// <param name="places">at least one</param>
    /// <param name="name">of a place: the same on every node</param>
    public HashRing(IReadOnlyCollection<T> places, Func<T, string> name)
    {
        ArgumentOutOfRangeException.ThrowIfZero(places.Count);
        _arcs = [.. from place in places from arc in Enumerable.Range(0, Arcs) select (Hash($"{name(place)}#{arc}"), place)];
        Array.Sort(_arcs, (a, b) => a.At.CompareTo(b.At));
    }

    public T this[long key]
    {
        get
        {
            var at = Mix((ulong)key);
            var (low, high) = (0, _arcs.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_arcs[middle].At < at) low = middle + 1;
                else high = middle;
            }

            return _arcs[low % _arcs.Length].Place;
        }
    }

    private static ulong Hash(string name) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Spreads ids that follow each other over the circle (the finalizer of SplitMix64).</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}

namespace Maru.Server.Bus;

/// <summary>
/// Rendezvous hashing: every place has a score for a key, and the highest score has the key.
/// A place more or less moves its own share of the keys alone.
/// </summary>
internal static class Rendezvous
{
    /// <summary>FNV-1a: the same in every process.</summary>
    public static ulong Hash(string text)
    {
        var hash = 14695981039346656037;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    /// <returns>the index of the key's place</returns>
    public static int Choose(ulong key, ReadOnlySpan<ulong> places)
    {
        var (chosen, highest) = (0, 0UL);
        for (var i = 0; i < places.Length; i++)
        {
            var score = Mix(key ^ places[i]);
            if (score > highest) (chosen, highest) = (i, score);
        }

        return chosen;
    }

    /// <summary>Spreads what differs in a few bits over all of them: the finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}

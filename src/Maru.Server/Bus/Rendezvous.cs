namespace Maru.Server.Bus;

/// <summary>
/// Rendezvous hashing: every server has a score for a key, and the one with the highest score has the key. A server more or less moves
/// only its own share of the keys.
/// </summary>
internal static class Rendezvous
{
    /// <summary>Hashes a text by FNV-1a: the same in every process.</summary>
    public static ulong Hash(string text)
    {
        var hash = 14695981039346656037;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    /// <returns>the index of the key's server</returns>
    public static int Choose(ulong key, ReadOnlySpan<ulong> servers)
    {
        var (chosen, highest) = (0, 0UL);
        for (var i = 0; i < servers.Length; i++)
        {
            var score = Mix(key ^ servers[i]);
            if (score > highest) (chosen, highest) = (i, score);
        }

        return chosen;
    }

    /// <summary>Spreads differences in a few bits over all of them: the finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}

namespace Maru.Server.Configuration;

/// <summary>Finds what somebody meant who mistyped a name.</summary>
internal static class Spelling
{
    /// <summary>Returns the known name that differs least, or that is the same below another group; null: none is near.</summary>
    /// <param name="name">a path with colons between its words</param>
    /// <param name="known">paths of the same kind</param>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var nearest = known.Select(x => (Name: x, Distance: Distance(name, x))).MinBy(x => x.Distance);
        if (nearest.Name is not null && nearest.Distance <= Math.Max(1, Last(name).Length / 3)) return nearest.Name;
        return known.FirstOrDefault(x => Last(x).Equals(Last(name), StringComparison.OrdinalIgnoreCase));
    }

    private static string Last(string path) => path[(path.LastIndexOf(':') + 1)..];

    /// <summary>Letters to change, add or take away, whatever their case: Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}

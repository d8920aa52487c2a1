namespace Maru.Server.Platform.Text;

/// <summary>
/// Checks the scripts of a name, so that no letter of one passes for a letter of another. UTS 39 section 5.2, restriction level "highly
/// restrictive": one script, or Latin with Chinese, Japanese or Korean. Punctuation, symbols, emoji and marks that many scripts use do not
/// count. Any thread.
/// </summary>
internal static class Scripts
{
    private const string Latin = "Latin";

    private static readonly string[] EastAsian = ["Han with Bopomofo", "Japanese", "Korean"];

    /// <summary>Returns the scripts that do not go together, null when all do.</summary>
    public static string? Mixture(string name)
    {
        HashSet<string>? all = null, beyondLatin = null;     // null: any script
        List<string[]> seen = [];
        foreach (var rune in name.EnumerateRunes())
        {
            var scripts = UnicodeData.Of(rune.Value).Scripts;
            if (scripts.Length == 0) continue;
            seen.Add(scripts);
            all = Both(all, scripts);
            if (!scripts.Contains(Latin)) beyondLatin = Both(beyondLatin, scripts);
        }

        var fits = all is null or { Count: > 0 } || beyondLatin is null || beyondLatin.Overlaps(EastAsian);
        return fits ? null : string.Join(" and ", Named(seen).Select(script => script.Replace('_', ' ')));
    }

    /// <summary>
    /// Returns the scripts to name. A character of several scripts, such as a digit, adds one of them only if no other character of the
    /// name has any.
    /// </summary>
    private static List<string> Named(List<string[]> seen)
    {
        List<string> named = [.. seen.Where(x => x.Length == 1).Select(x => x[0]).Distinct()];
        foreach (var scripts in seen)
        {
            if (!scripts.Any(named.Contains)) named.Add(scripts[0]);
        }

        return named;
    }

    private static HashSet<string> Both(HashSet<string>? some, string[] scripts)
    {
        HashSet<string> augmented = [.. scripts, .. scripts.SelectMany(Writing)];
        if (some is null) return augmented;
        some.IntersectWith(augmented);
        return some;
    }

    /// <summary>Returns the writing systems that use the script and others with it (UTS 39 section 5.1).</summary>
    private static string[] Writing(string script) => script switch
    {
        "Han" => EastAsian,
        "Bopomofo" => ["Han with Bopomofo"],
        "Hiragana" or "Katakana" => ["Japanese"],
        "Hangul" => ["Korean"],
        _ => [],
    };
}

using System.Text;

namespace Maru.Server.Platform.Text;

/// <summary>
/// Unicode normalization (UAX 15, https://www.unicode.org/reports/tr15/), without ICU, which <see cref="string.Normalize()"/> needs: see
/// docs/adr/0008. Any thread.
/// </summary>
internal static class Normalizer
{
    // Hangul syllables are computed: The Unicode Standard, section 3.12.
    private const int Syllables = 0xAC00, Leads = 0x1100, Vowels = 0x1161, Tails = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28, SyllableCount = LeadCount * VowelCount * TailCount;

    private const char LastPlain = '\u02FF';       // up to here nothing changes in NFC

    /// <summary>Normalization Form C: one spelling for each character.</summary>
    public static string Nfc(string text) =>
        text.AsSpan().IndexOfAnyExceptInRange('\0', LastPlain) < 0 ? text : Normalize(text, compatibility: false);

    /// <summary>
    /// Normalization Form KC: also one width, one shape. Emoji stay, and so do single letters of Hangul (U+3131 to U+318E): they would turn
    /// into parts of syllables, which people neither type nor can read.
    /// </summary>
    public static string Nfkc(string text) => Ascii.IsValid(text) ? text : Normalize(text, compatibility: true);

    private static string Normalize(string text, bool compatibility)
    {
        List<Part> parts = new(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, compatibility, parts);
        Order(parts);
        Compose(parts);
        var result = new StringBuilder(parts.Count);
        foreach (var part in parts) result.Append(new Rune(part.CodePoint).ToString());
        return result.ToString();
    }

    private static void Decompose(int codePoint, bool compatibility, List<Part> parts)
    {
        if (codePoint - Syllables is >= 0 and < SyllableCount and var syllable)
        {
            parts.Add(new Part(Leads + (syllable / (VowelCount * TailCount)), 0));
            parts.Add(new Part(Vowels + (syllable / TailCount % VowelCount), 0));
            if (syllable % TailCount > 0) parts.Add(new Part(Tails + (syllable % TailCount), 0));
        }
        else if (UnicodeData.DecompositionOf(codePoint) is { } decomposition && (compatibility || decomposition.IsCanonical))
        {
            foreach (var part in decomposition.Parts) Decompose(part, compatibility, parts);
        }
        else
        {
            parts.Add(new Part(codePoint, UnicodeData.Of(codePoint).CombiningClass));
        }
    }

    /// <summary>Sorts marks of different classes; those of one class keep their order, which has a meaning.</summary>
    private static void Order(List<Part> parts)
    {
        for (var from = 0; from < parts.Count; from++)
        {
            var to = from;
            while (to < parts.Count && parts[to].Class > 0) to++;
            if (to - from > 1)
            {
                var run = parts[from..to].OrderBy(part => part.Class).ToArray();   // stable
                for (var i = 0; i < run.Length; i++) parts[from + i] = run[i];
            }

            from = to;
        }
    }

    /// <summary>Joins each starter with what follows, unless a mark of the same or a higher class stands between.</summary>
    private static void Compose(List<Part> parts)
    {
        var (starter, between, count) = (-1, -1, 0);    // between: the class of the last part after the starter that stayed
        foreach (var part in parts.ToArray())
        {
            if (starter >= 0 && between < part.Class && Compose(parts[starter].CodePoint, part.CodePoint) is { } whole)
            {
                parts[starter] = new Part(whole, 0);
                continue;
            }

            (starter, between) = part.Class == 0 ? (count, -1) : (starter, part.Class);
            parts[count++] = part;
        }

        parts.RemoveRange(count, parts.Count - count);
    }

    private static int? Compose(int first, int second)
    {
        var (lead, vowel, tail) = (first - Leads, second - Vowels, second - Tails);
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount) return Syllables + (((lead * VowelCount) + vowel) * TailCount);
        var isOpen = first - Syllables is >= 0 and < SyllableCount and var syllable && syllable % TailCount == 0;
        if (isOpen && tail is > 0 and < TailCount) return first + tail;
        return UnicodeData.Compose(first, second);
    }

    private readonly record struct Part(int CodePoint, byte Class);
}

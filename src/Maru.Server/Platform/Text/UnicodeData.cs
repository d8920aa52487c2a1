using System.Collections.Frozen;
using System.Globalization;

namespace Maru.Server.Platform.Text;

/// <summary>
/// Data of the Unicode Character Database that .NET does not offer, or only with ICU: see docs/adr/0008. Read from two embedded tables at
/// the first text beyond ASCII; some milliseconds. Any thread.
/// </summary>
internal static class UnicodeData
{
    /// <summary>The combining class of the sign that joins consonants in Indic scripts.</summary>
    public const int Virama = 9;

    private static readonly CodePointProperties None = new([], 0, ' ', false);
    private static readonly Range[] Ranges = [.. Lines("properties").Select(Range.Read)];
    private static readonly FrozenDictionary<int, Decomposition> Decompositions =
        Lines("decompositions").Select(Decomposition.Read).ToFrozenDictionary(x => x.Whole);
    private static readonly FrozenDictionary<(int, int), int> Compositions =
        Decompositions.Values.Where(x => x.Composes).ToFrozenDictionary(x => (x.Parts[0], x.Parts[1]), x => x.Whole);

    public static CodePointProperties Of(int codePoint)
    {
        var (low, high) = (0, Ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (codePoint < Ranges[middle].First) high = middle - 1;
            else if (codePoint > Ranges[middle].Last) low = middle + 1;
            else return Ranges[middle].Properties;
        }

        return None;
    }

    /// <summary>Returns one step of a decomposition; null: the character has none. Hangul syllables are not in the table.</summary>
    public static Decomposition? DecompositionOf(int codePoint) => Decompositions.GetValueOrDefault(codePoint);

    /// <summary>Returns the one character that two make together, or null.</summary>
    public static int? Compose(int first, int second) => Compositions.TryGetValue((first, second), out var whole) ? whole : null;

    private static IEnumerable<string> Lines(string table)
    {
        var resource = $"Maru.Server.Platform.Text.Unicode.{table}.txt";
        using var reader = new StreamReader(typeof(UnicodeData).Assembly.GetManifestResourceStream(resource) ?? Stream.Null);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#') yield return line;
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary><c>FIRST[..LAST] [SCRIPT[+SCRIPT…]] [COMBINING CLASS] [JOINING TYPE] [E] [P] [B]</c></summary>
    private sealed record Range(int First, int Last, CodePointProperties Properties)
    {
        public static Range Read(string line)
        {
            var fields = line.Split(' ');
            var ends = fields[0].Split("..");
            var properties = None;
            foreach (var field in fields.Skip(1))
            {
                properties = field switch
                {
                    "E" => properties with { IsEmoji = true },
                    "P" => properties with { ShowsAsEmoji = true },
                    "B" => properties with { TakesSkinTone = true },
                    "D" or "R" or "L" => properties with { JoiningType = field[0] },
                    [>= '0' and <= '9', ..] => properties with { CombiningClass = byte.Parse(field, CultureInfo.InvariantCulture) },
                    _ => properties with { Scripts = field.Split('+') },
                };
            }

            return new Range(Hex(ends[0]), Hex(ends[^1]), properties);
        }
    }

    /// <summary>The parts of a character.</summary>
    /// <param name="Whole">the character</param>
    /// <param name="Parts">one step towards its parts</param>
    /// <param name="IsCanonical">the same character in another spelling; false: a similar one</param>
    /// <param name="Composes">the parts make the whole again</param>
    internal sealed record Decomposition(int Whole, int[] Parts, bool IsCanonical, bool Composes)
    {
        /// <summary><c>WHOLE KIND PART [PART…]</c></summary>
        public static Decomposition Read(string line)
        {
            var fields = line.Split(' ');
            return new Decomposition(Hex(fields[0]), [.. fields.Skip(2).Select(Hex)], fields[1] != "~", fields[1] == "=");
        }
    }
}

/// <param name="Scripts">the scripts that use it (UAX 24); none: all do</param>
/// <param name="CombiningClass">UAX 44; 0: it begins something</param>
/// <param name="JoiningType">of cursive letters (UAX 44): <c>D</c> on both sides, <c>R</c>, <c>L</c>, or a space</param>
/// <param name="IsEmoji">beyond ASCII</param>
internal sealed record CodePointProperties(string[] Scripts, byte CombiningClass, char JoiningType, bool IsEmoji)
{
    /// <summary>An emoji that shows as one without a variation selector (UTS 51, <c>Emoji_Presentation</c>).</summary>
    public bool ShowsAsEmoji { get; init; }

    /// <summary>An emoji that takes a skin tone (UTS 51, <c>Emoji_Modifier_Base</c>).</summary>
    public bool TakesSkinTone { get; init; }
}

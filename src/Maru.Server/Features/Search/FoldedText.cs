using System.Globalization;
using System.Text;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Search;

/// <summary>
/// A text as it is searched in: one case, one width, one spelling, without accents. Voiced kana and syllables of Hangul stay as they are.
/// Each of its characters knows where it stands in the typed text. Any thread.
/// </summary>
internal sealed class FoldedText
{
    private readonly int[] _starts;
    private readonly int[] _ends;

    private FoldedText(string text, int[] starts, int[] ends) => (Text, _starts, _ends) = (text, starts, ends);

    public string Text { get; }

    public static FoldedText Of(string typed)
    {
        var text = new StringBuilder(typed.Length);
        List<int> starts = new(typed.Length), ends = new(typed.Length);
        for (var from = 0; from < typed.Length;)
        {
            var to = EndOfCharacter(typed, from);
            var folded = Fold(typed.AsSpan(from, to - from));
            // White space of any kind and length is one space, so that phrases are found over it.
            if (string.IsNullOrWhiteSpace(folded)) folded = text.Length > 0 && text[^1] == ' ' ? "" : folded.Length == 0 ? "" : " ";
            text.Append(folded);
            for (var i = 0; i < folded.Length; i++)
            {
                starts.Add(from);
                ends.Add(to);
            }

            from = to;
        }

        return new FoldedText(text.ToString(), [.. starts], [.. ends]);
    }

    /// <summary>Returns the place of a part in the typed text, in UTF-16 code units.</summary>
    /// <param name="from">of the folded text</param>
    /// <param name="length">of the folded text, not 0</param>
    public (int Start, int Length) Place(int from, int length) => (_starts[from], _ends[from + length - 1] - _starts[from]);

    /// <summary>Returns the end of what is folded at once: a letter with its marks, a syllable of its letters.</summary>
    private static int EndOfCharacter(string text, int from)
    {
        var end = from + LengthAt(text, from);
        if (text[from] < 0x80 && (end == text.Length || text[end] < 0x80)) return end;
        while (end < text.Length && Joins(text, end)) end += LengthAt(text, end);
        return end;
    }

    private static int LengthAt(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    /// <summary>Returns whether it belongs to the character before it: a mark, or a later letter of a syllable of Hangul.</summary>
    private static bool Joins(string text, int index) => text[index]
        is (>= '\u1160' and <= '\u11FF') or (>= '\uD7B0' and <= '\uD7FB') or '\uFF9E' or '\uFF9F' or '\u3099' or '\u309A'
        || CharUnicodeInfo.GetUnicodeCategory(text, index) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static string Fold(ReadOnlySpan<char> typed)
    {
        if (typed.Length == 1 && typed[0] < 0x80) return char.ToLowerInvariant(typed[0]).ToString();
        var folded = new StringBuilder();
        foreach (var rune in Normalizer.Nfkc(typed.ToString()).ToLowerInvariant().EnumerateRunes())
        {
            if (rune.Value == 'ß') folded.Append("ss");
            else if (rune.Value == 'ς') folded.Append('σ');
            else if (rune.Value is 'İ' or 'ı') folded.Append('i');      // which the invariant culture leaves as they are
            else if (!IsMark(rune)) folded.Append(WithoutAccents(rune).ToString());
        }

        return folded.ToString();
    }

    private static bool IsMark(Rune rune) =>
        rune.Value is not (0x3099 or 0x309A)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    /// <summary>Of scripts whose letters have accents: what is left of others would be another letter.</summary>
    private static Rune WithoutAccents(Rune rune)
    {
        while (rune.Value is (>= 0xC0 and < 0x530) or (>= 0x1E00 and < 0x2000)
            && UnicodeData.DecompositionOf(rune.Value) is { IsCanonical: true, Parts: [var letter, ..] })
        {
            rune = new Rune(letter);
        }

        return rune;
    }
}

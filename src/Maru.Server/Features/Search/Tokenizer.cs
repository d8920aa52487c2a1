using System.Globalization;
using System.Text;

namespace Maru.Server.Features.Search;

/// <summary>
/// The words by which a text is found. Scripts with spaces have words; in Chinese, Japanese, Korean and the like each character is one, and
/// each two that stand together; of Korean also the first consonants of one and of two syllables. Any thread.
/// </summary>
internal static class Tokenizer
{
    /// <summary>Changes when texts get other tokens: an index of another version is built anew.</summary>
    public const int Version = 2;

    /// <summary>Begins a token of first consonants. Private characters, which no text has as a letter.</summary>
    public const char Initials = '\uE000';

    private const int MostOfWord = 64;      // characters: longer ones are no words, and are found by their beginning

    private static readonly string Leads = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";

    private enum Script
    {
        None,
        Word,
        Dense,
        Symbol,
    }

    /// <summary>Adds the tokens of a folded text.</summary>
    public static void Add(string folded, HashSet<string> tokens)
    {
        for (var from = 0; from < folded.Length;)
        {
            var script = ScriptAt(folded, from, out var length);
            if (script is Script.None or Script.Symbol)
            {
                if (script == Script.Symbol) tokens.Add(folded.Substring(from, length));
                from += length;
                continue;
            }

            var to = from;
            while (to < folded.Length && ScriptAt(folded, to, out length) == script) to += length;
            if (script == Script.Word) tokens.Add(Cut(folded.AsSpan(from, to - from)));
            else AddDense(folded.AsSpan(from, to - from), tokens);
            from = to;
        }
    }

    /// <summary>Returns whether a word ends or begins there: between two letters of one word it does not.</summary>
    public static bool IsBoundary(string folded, int index)
    {
        if (index <= 0 || index >= folded.Length) return true;
        if (char.IsLowSurrogate(folded[index])) return false;
        var before = char.IsLowSurrogate(folded[index - 1]) && index > 1 ? index - 2 : index - 1;
        return ScriptAt(folded, before, out _) != Script.Word || ScriptAt(folded, index, out _) != Script.Word;
    }

    /// <summary>Returns whether a query is of first consonants alone.</summary>
    public static bool IsInitials(string folded) => folded.Length > 0 && folded.All(Leads.Contains);

    /// <summary>
    /// Returns the first consonants of a folded text, a character for each of its characters; what has none stays itself.
    /// </summary>
    public static string InitialsOf(string folded) => string.Create(folded.Length, folded, static (initials, text) =>
    {
        for (var i = 0; i < text.Length; i++) initials[i] = LeadOf(text[i]) ?? text[i];
    });

    private static string Cut(ReadOnlySpan<char> word)
    {
        if (word.Length <= MostOfWord) return word.ToString();
        return word[..(char.IsHighSurrogate(word[MostOfWord - 1]) ? MostOfWord - 1 : MostOfWord)].ToString();
    }

    private static void AddDense(ReadOnlySpan<char> run, HashSet<string> tokens)
    {
        var before = 0;     // where the character before begins
        for (var from = 0; from < run.Length;)
        {
            var length = char.IsHighSurrogate(run[from]) && from + 1 < run.Length ? 2 : 1;
            tokens.Add(run.Slice(from, length).ToString());
            if (from > 0) tokens.Add(run[before..(from + length)].ToString());
            if (LeadOf(run[from]) is { } lead)
            {
                tokens.Add($"{Initials}{lead}");
                if (from > 0 && LeadOf(run[from - 1]) is { } first) tokens.Add($"{Initials}{first}{lead}");
            }

            before = from;
            from += length;
        }
    }

    /// <summary>Returns the first consonant of a syllable, or the consonant itself; null: it is none.</summary>
    private static char? LeadOf(char c) =>
        c is >= '가' and <= '힣' ? Leads[(c - '가') / 588] : Leads.Contains(c) ? c : null;

    private static Script ScriptAt(string text, int index, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(index), out var rune, out length);
        if (IsDense(rune.Value)) return Script.Dense;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.NonSpacingMark => Script.Word,
            UnicodeCategory.OtherSymbol => Script.Symbol,
            _ => Script.None,
        };
    }

    /// <summary>Scripts that are written without spaces, or whose words have endings that nobody types.</summary>
    private static bool IsDense(int value) => value
        is (>= 0x3400 and <= 0x9FFF)        // Han
        or (>= 0xAC00 and <= 0xD7A3)        // Hangul
        or (>= 0x3041 and <= 0x30FF)        // Hiragana, Katakana
        or 0x3005 or 0x3007
        or (>= 0x3105 and <= 0x318E)        // Bopomofo, letters of Hangul
        or (>= 0x31F0 and <= 0x31FF)
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x20000 and <= 0x3FFFF)
        or (>= 0x0E00 and <= 0x0EFF)        // Thai, Lao
        or (>= 0x1000 and <= 0x109F)        // Burmese
        or (>= 0x1780 and <= 0x17FF);       // Khmer
}

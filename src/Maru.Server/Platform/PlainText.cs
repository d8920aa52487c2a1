using System.Globalization;
using System.Text;

namespace Maru.Server.Platform;

/// <summary>One line of text that people typed: names, titles, statuses.</summary>
internal static class PlainText
{
    /// <summary>Trimmed, with one space where there was white space, and never null.</summary>
    public static string Tidy(string? text) => text is null ? "" : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>No control characters, and none that turn the direction of the text after them: a name must not rewrite the line that it stands in.</summary>
    public static bool IsClean(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 or 0xFFFD)
                return false;
        }

        return true;
    }

    /// <summary>At most <paramref name="length"/> characters, never half of one.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}

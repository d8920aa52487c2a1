using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.LinkPreviews.Fetching;

/// <summary>
/// The form of a text from elsewhere: one line, of characters that are seen and that leave the order of others alone, so no controls, no
/// marks of direction, nothing invisible but what joins emoji and letters; cut to a length in characters, as people see them. Any thread.
/// </summary>
internal sealed class PlainText(int most)
{
    public static readonly PlainText Title = new(200);
    public static readonly PlainText Description = new(500);
    public static readonly PlainText Site = new(100);

    private const int MostOverlong = 16;        // characters looked at for each that may stay: all others are cut unseen

    private readonly TextBound _bound = new(0, most);

    /// <summary>Returns the text in this form; empty: nothing is left of it.</summary>
    public string Of(string text)
    {
        if (text.Length > most * MostOverlong) text = text[..(most * MostOverlong)];
        var runes = text.EnumerateRunes().ToArray();
        var kept = new StringBuilder(Math.Min(text.Length, most * 2));
        for (var i = 0; i < runes.Length; i++)
        {
            var rune = runes[i];
            if (Rune.IsWhiteSpace(rune))
            {
                if (kept.Length > 0 && kept[^1] != ' ') kept.Append(' ');
            }
            else if (IsKept(runes, i))
            {
                kept.Append(rune.ToString());
            }
        }

        return _bound.Cut(kept.ToString().TrimEnd()).TrimEnd();
    }

    private static bool IsKept(Rune[] runes, int at)
    {
        if (Invisible.Contains(runes[at])) return Joiners.HaveEffect(runes, at);
        return runes[at] != Rune.ReplacementChar
            && Rune.GetUnicodeCategory(runes[at]) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse);
    }
}

using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Server.Platform.Text;

/// <summary>
/// The characters that names and passwords may have: PRECIS FreeformClass (RFC 8264 section 4.3). It has letters, digits, marks,
/// punctuation, symbols and the space, and nothing that cannot be seen but where it changes what is seen. Beyond the RFC, emoji
/// sequences pass, and punctuation that it ties to one script (RFC 5892 A.3 to A.9) passes in every one: Koreans separate words with
/// U+00B7. Any thread.
/// </summary>
internal static class Freeform
{
    /// <summary>Returns the first character that is not allowed, null when all are.</summary>
    public static Rune? Forbidden(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0) return null;
        var runes = text.EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length; i++)
        {
            if (!IsAllowed(runes, i)) return runes[i];
        }

        return null;
    }

    private static bool IsAllowed(Rune[] runes, int at)
    {
        var rune = runes[at];
        if (rune.Value is ' ') return true;
        if (Invisible.Contains(rune)) return Joiners.HaveEffect(runes, at);
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Format or UnicodeCategory.PrivateUse => false,
            UnicodeCategory.OtherNotAssigned => UnicodeData.Of(rune.Value) is { IsEmoji: true } or { Scripts.Length: > 0 },  // new to .NET
            _ => rune != Rune.ReplacementChar && !IsConjoiningJamo(rune.Value),
        };
    }

    /// <summary>Returns whether it is a part of a Hangul syllable that was not composed.</summary>
    private static bool IsConjoiningJamo(int codePoint) =>
        codePoint is >= 0x1100 and <= 0x11FF or >= 0xA960 and <= 0xA97C or >= 0xD7B0 and <= 0xD7FB;
}

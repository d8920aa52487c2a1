using System.Globalization;
using System.Text;

namespace Maru.Server.Platform.Text;

/// <summary>Invisible characters that change how their neighbours look: joiners, selectors, tags. Any thread.</summary>
internal static class Joiners
{
    private const int ZeroWidthNonJoiner = 0x200C, ZeroWidthJoiner = 0x200D;
    private const int TextStyle = 0xFE0E, EmojiStyle = 0xFE0F, Keycap = 0x20E3;
    private const int BlackFlag = 0x1F3F4, Tags = 0xE0000, TagEnd = 0xE007F;

    /// <summary>Returns whether the character at that index is one of them, and has an effect there.</summary>
    public static bool HaveEffect(ReadOnlySpan<Rune> text, int at)
    {
        var (before, after) = (CodePoint(text, at - 1), CodePoint(text, at + 1));
        return text[at].Value switch
        {
            TextStyle or EmojiStyle => IsEmoji(before) || (after == Keycap && before is '#' or '*' or (>= '0' and <= '9')),
            ZeroWidthJoiner => IsVirama(before) || (IsEmoji(after) && (IsEmoji(before) || before == EmojiStyle)),
            ZeroWidthNonJoiner => IsVirama(before) || PartsCursiveLetters(text, at),
            > Tags and <= TagEnd => IsInFlag(text, at),
            _ => false,
        };
    }

    /// <summary>Returns the code point at an index, -1 beyond the ends.</summary>
    private static int CodePoint(ReadOnlySpan<Rune> text, int at) => at >= 0 && at < text.Length ? text[at].Value : -1;

    private static bool IsEmoji(int codePoint) => UnicodeData.Of(codePoint).IsEmoji;

    /// <summary>RFC 5892 A.1 and A.2: <c>If Canonical_Combining_Class(Before(cp)) .eq. Virama Then True</c></summary>
    private static bool IsVirama(int codePoint) => UnicodeData.Of(codePoint).CombiningClass == UnicodeData.Virama;

    /// <summary>RFC 5892 A.1: <c>(Joining_Type:{L,D})(Joining_Type:T)*\u200C(Joining_Type:T)*(Joining_Type:{R,D})</c></summary>
    private static bool PartsCursiveLetters(ReadOnlySpan<Rune> text, int at)
    {
        var (before, after) = (at - 1, at + 1);
        while (before >= 0 && IsTransparent(text[before])) before--;
        while (after < text.Length && IsTransparent(text[after])) after++;
        var (last, next) = (UnicodeData.Of(CodePoint(text, before)).JoiningType, UnicodeData.Of(CodePoint(text, after)).JoiningType);
        return last is 'L' or 'D' && next is 'R' or 'D';
    }

    /// <summary>Joining_Type T, but for the joiners.</summary>
    private static bool IsTransparent(Rune rune) => rune.Value is not (ZeroWidthNonJoiner or ZeroWidthJoiner)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    /// <summary>
    /// UTS 51 ED-14a: a black flag, three to six tags that spell a region, an end. Other tags would spell a text that nobody sees.
    /// </summary>
    private static bool IsInFlag(ReadOnlySpan<Rune> text, int at)
    {
        var (first, end) = (at, at);
        while (first > 0 && IsRegion(text[first - 1])) first--;
        while (end < text.Length && IsRegion(text[end])) end++;
        return CodePoint(text, first - 1) == BlackFlag && end - first is >= 3 and <= 6 && CodePoint(text, end) == TagEnd;

        static bool IsRegion(Rune rune) => rune.Value - Tags is (>= '0' and <= '9') or (>= 'a' and <= 'z');
    }
}

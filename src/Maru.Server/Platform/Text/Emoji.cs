using System.Text;

namespace Maru.Server.Platform.Text;

/// <summary>
/// One emoji, in one spelling. The grammar is that of UTS 51 (https://www.unicode.org/reports/tr51/#EBNF_and_Regex), so an emoji that no
/// font draws as one passes too; it is narrower where the standard leaves room for a text that nobody sees.
/// <code>
/// emoji   = element *( joiner element )
/// element = region region                                     a flag
///         | ( "0" to "9" | "#" | "*" ) [style] keycap
///         | black-flag 3*6( tag ) tag-end                     a flag of a part of a country
///         | skin [style] tone [style]
///         | character [style]
/// </code>
/// The spelling is what the standard calls fully qualified: U+FE0F stands behind each character that would show as text without it, and
/// nowhere else. Any thread.
/// </summary>
internal static class Emoji
{
    /// <summary>Bytes of UTF-8 that an emoji may have. The longest that is recommended for interchange has 35.</summary>
    public const int MaxBytes = 64;

    private const int Joiner = 0x200D, TextStyle = 0xFE0E, EmojiStyle = 0xFE0F, Keycap = 0x20E3;
    private const int BlackFlag = 0x1F3F4, Tags = 0xE0000, TagEnd = 0xE007F;

    /// <summary>Returns the emoji in its one spelling; null: the text is no emoji, or more than one.</summary>
    public static string? Normalize(string? text)
    {
        if (text is null or "" || text.Length > MaxBytes) return null;
        var source = new Source([.. text.EnumerateRunes()]);
        var emoji = new StringBuilder(text.Length + 1);
        do
        {
            if (!TryCopyElement(ref source, emoji)) return null;
        }
        while (source.TryCopy(IsJoiner, emoji));
        var result = emoji.ToString();
        return source.IsEmpty && Encoding.UTF8.GetByteCount(result) <= MaxBytes ? result : null;
    }

    private static bool TryCopyElement(ref Source source, StringBuilder emoji)
    {
        if (source.TryCopy(IsRegion, emoji)) return source.TryCopy(IsRegion, emoji);
        if (source.TryCopy(IsKey, emoji))
        {
            source.TrySkip(IsStyle);
            Append(emoji, EmojiStyle);
            return source.TryCopy(IsKeycap, emoji);
        }

        var first = source.Next;
        var properties = UnicodeData.Of(first);
        if (!properties.IsEmoji) return false;
        source.TryCopy(_ => true, emoji);
        if (first == BlackFlag && IsTag(source.Next)) return TryCopyTags(ref source, emoji);
        source.TrySkip(IsStyle);
        if (properties.TakesSkinTone && source.TryCopy(IsTone, emoji)) source.TrySkip(IsStyle);
        else if (!properties.ShowsAsEmoji) Append(emoji, EmojiStyle);
        return true;
    }

    /// <summary>UTS 51 ED-14a. Other tags than those of a region would spell a text that nobody sees.</summary>
    private static bool TryCopyTags(ref Source source, StringBuilder emoji)
    {
        var count = 0;
        while (source.TryCopy(IsTag, emoji)) count++;
        return count is >= 3 and <= 6 && source.TryCopy(rune => rune == TagEnd, emoji);
    }

    private static bool IsJoiner(int rune) => rune == Joiner;

    private static bool IsStyle(int rune) => rune is TextStyle or EmojiStyle;

    private static bool IsKeycap(int rune) => rune == Keycap;

    private static bool IsKey(int rune) => rune is '#' or '*' or (>= '0' and <= '9');

    private static bool IsRegion(int rune) => rune is >= 0x1F1E6 and <= 0x1F1FF;

    private static bool IsTone(int rune) => rune is >= 0x1F3FB and <= 0x1F3FF;

    private static bool IsTag(int rune) => rune - Tags is (>= '0' and <= '9') or (>= 'a' and <= 'z');

    private static void Append(StringBuilder text, int rune) => text.Append(new Rune(rune).ToString());

    /// <summary>What is left of the text.</summary>
    private struct Source(Rune[] runes)
    {
        private int _at;

        public readonly bool IsEmpty => _at == runes.Length;

        /// <summary>The next code point; -1 at the end.</summary>
        public readonly int Next => IsEmpty ? -1 : runes[_at].Value;

        public bool TrySkip(Func<int, bool> wanted)
        {
            var isWanted = !IsEmpty && wanted(Next);
            if (isWanted) _at++;
            return isWanted;
        }

        public bool TryCopy(Func<int, bool> wanted, StringBuilder into)
        {
            var next = Next;
            var isWanted = TrySkip(wanted);
            if (isWanted) Append(into, next);
            return isWanted;
        }
    }
}

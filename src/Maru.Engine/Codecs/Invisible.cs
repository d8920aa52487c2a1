using System.Buffers;
using System.Text;

namespace Maru.Engine.Codecs;

/// <summary>Finds text in which nothing can be seen. Any thread.</summary>
internal static class Invisible
{
    // First and last of each range. Unicode 17.0: White_Space, Default_Ignorable_Code_Point and the controls (Cc); besides, which Unicode
    // calls visible and no font draws: U+2800 (Braille without a dot), U+FFF9 to U+FFFC (marks of annotations, the place of an object),
    // U+1D159 (a note without a head).
    private static ReadOnlySpan<int> Ranges =>
    [
        0x0000, 0x0020, 0x007F, 0x00A0, 0x00AD, 0x00AD, 0x034F, 0x034F, 0x061C, 0x061C, 0x115F, 0x1160, 0x1680, 0x1680, 0x17B4, 0x17B5,
        0x180B, 0x180F, 0x2000, 0x200F, 0x2028, 0x202F, 0x205F, 0x206F, 0x2800, 0x2800, 0x3000, 0x3000, 0x3164, 0x3164, 0xFE00, 0xFE0F,
        0xFEFF, 0xFEFF, 0xFFA0, 0xFFA0, 0xFFF0, 0xFFFC, 0x1BCA0, 0x1BCA3, 0x1D159, 0x1D159, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF,
    ];

    public static bool Contains(Rune rune)
    {
        if (IsNoncharacter(rune)) return true;
        var ranges = Ranges;
        for (var i = 0; i < ranges.Length && rune.Value >= ranges[i]; i += 2)
        {
            if (rune.Value <= ranges[i + 1]) return true;
        }

        return false;
    }

    /// <summary>Returns whether it is never a character, in any version of Unicode (section 23.7): no font draws it.</summary>
    public static bool IsNoncharacter(Rune rune) => rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE;

    /// <summary>Returns whether nothing in the text can be seen. The first byte decides for most texts.</summary>
    public static bool Covers(ReadOnlySpan<byte> utf8)
    {
        var first = utf8.IndexOfAnyExceptInRange((byte)0, (byte)' ');
        if (first < 0) return true;
        if (utf8[first] < 0x7F) return false;
        for (var rest = utf8[first..]; rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var length) != OperationStatus.Done || !Contains(rune)) return false;
            rest = rest[length..];
        }

        return true;
    }
}

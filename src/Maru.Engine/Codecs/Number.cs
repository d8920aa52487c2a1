using System.Buffers.Text;
using System.Globalization;

namespace Maru.Engine.Codecs;

/// <summary>Ids, seqs and sizes as text: decimal, without a sign or a leading zero, up to 2^63-1. One thing has one address.</summary>
internal static class Number
{
    /// <summary>Returns whether the text is an id: a number from 1.</summary>
    public static bool IsId(string text) => TryRead(text, out var number) && number > 0;

    /// <summary>Reads a number from 0, which as a seq is before every entry.</summary>
    public static bool TryRead(string text, out long number)
    {
        number = 0;
        return text is "0" or [>= '1' and <= '9', ..]
            && !text.AsSpan().ContainsAnyExceptInRange('0', '9')   // TryParse passes NULs at the end
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <inheritdoc cref="TryRead(string, out long)"/>
    public static bool TryRead(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        return text is [(byte)'0'] or [>= (byte)'1' and <= (byte)'9', ..]
            && Utf8Parser.TryParse(text, out number, out var used) && used == text.Length;
    }
}

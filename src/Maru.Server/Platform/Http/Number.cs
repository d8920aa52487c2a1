using System.Globalization;

namespace Maru.Server.Platform.Http;

/// <summary>Ids, seqs and sizes as text: decimal, without a sign or a leading zero, up to 2^63-1. One thing has one address.</summary>
internal static class Number
{
    /// <summary>Of a thing: from 1.</summary>
    public static bool IsId(string text) => TryRead(text, out var number) && number > 0;

    /// <summary>From 0, which as a seq is before everything.</summary>
    public static bool TryRead(string text, out long number)
    {
        number = 0;
        return text is "0" or [>= '1' and <= '9', ..] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}

namespace Maru.Engine.Log;

/// <summary>A word of a text that looks like a mention: <c>@</c> and what may be a handle.</summary>
/// <param name="Start">of the <c>@</c>, in UTF-16 code units, as browsers count</param>
/// <param name="Handle">in lower case, the longest that it can be: dots and hyphens at its end may be the sentence's</param>
public readonly record struct MentionWord(int Start, string Handle)
{
    private const int MostStripped = 3;

    /// <summary>
    /// Returns the handles that may be meant, the longest first: <c>ann.</c>, then <c>ann</c>. Of many dots only the last few are taken one
    /// by one, then all of them.
    /// </summary>
    public IEnumerable<string> Candidates()
    {
        var shortest = Math.Max(Handle.AsSpan().TrimEnd(".-_").Length, MentionScan.ShortestHandle);
        for (var length = Handle.Length; length > shortest && length >= Handle.Length - MostStripped; length--)
            yield return Handle[..length];
        yield return Handle[..shortest];
    }
}

/// <summary>
/// Finds what looks like a mention in a text. A handle has 3 to 32 of <c>a-z0-9_.-</c>, here in any case; what stands before its <c>@</c>
/// is no letter or digit of ASCII, or it would be an e-mail address. One finds words only: who is a member is decided in the commit.
/// </summary>
internal static class MentionScan
{
    public const int ShortestHandle = 3;

    private const int LongestHandle = 32;
    private const int Most = 50;        // of a text: further ones are text

    /// <param name="text">UTF-8</param>
    public static IReadOnlyList<MentionWord> Find(ReadOnlySpan<byte> text)
    {
        List<MentionWord>? found = null;
        var (at, units) = (0, 0);       // where the search is, in bytes and in UTF-16 code units
        while (text[at..].IndexOf((byte)'@') is >= 0 and var skip)
        {
            units += Units(text.Slice(at, skip));
            at += skip;
            var word = text.Slice(at + 1, LengthOf(text[(at + 1)..]));
            var length = word.Length;
            if (CanBeHandle(word) && (at == 0 || !char.IsAsciiLetterOrDigit((char)text[at - 1])))
            {
                (found ??= []).Add(new MentionWord(units, Lower(word[..Math.Min(length, LongestHandle)])));
                if (found.Count == Most) break;
            }

            at += 1 + length;
            units += 1 + length;        // all of it is ASCII
        }

        return found ?? (IReadOnlyList<MentionWord>)[];
    }

    private static int LengthOf(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && IsHandle(text[length])) length++;
        return length;
    }

    /// <summary>Returns whether it is a handle, or one with the end of a sentence behind it.</summary>
    private static bool CanBeHandle(ReadOnlySpan<byte> word) =>
        word.Length >= ShortestHandle && word.TrimEnd(".-_"u8).Length <= LongestHandle;

    private static bool IsHandle(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'.' or (byte)'-';

    private static string Lower(ReadOnlySpan<byte> handle) => System.Text.Encoding.ASCII.GetString(handle).ToLowerInvariant();

    /// <summary>Counts UTF-16 code units: one for each sequence of UTF-8, two for one of four bytes.</summary>
    private static int Units(ReadOnlySpan<byte> text)
    {
        var units = 0;
        foreach (var b in text) units += (b & 0xC0) == 0x80 ? 0 : b >= 0xF0 ? 2 : 1;
        return units;
    }
}

using System.Buffers;
using System.Text;

namespace Maru.Server.Features.LinkPreviews.Fetching;

/// <summary>
/// Makes text of a page's bytes. Its encoding is what its first bytes say, else the header, else a <c>meta</c> near the beginning, else
/// UTF-8 (https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding). Any thread.
/// </summary>
internal static class PageText
{
    private const int Beginning = 1024;
    private const int LongestName = 40;

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \"'/>;\t\r\n");

    /// <param name="charset">of the header; null: it names none</param>
    public static string Decode(ReadOnlyMemory<byte> page, string? charset)
    {
        var bytes = page.Span;
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) return Encoding.UTF8.GetString(bytes[3..]);
        if (bytes.StartsWith(Encoding.Unicode.Preamble)) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble)) return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        var encoding = Find(charset) ?? Find(Declared(bytes[..Math.Min(bytes.Length, Beginning)])) ?? Encoding.UTF8;
        return encoding.GetString(bytes);
    }

    /// <summary>Returns the name behind the first <c>charset=</c> of the beginning; null: none.</summary>
    private static string? Declared(ReadOnlySpan<byte> beginning)
    {
        const string Key = "charset=";
        var text = Encoding.Latin1.GetString(beginning);
        var at = text.IndexOf(Key, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var name = text.AsSpan(at + Key.Length).TrimStart(" \"'");
        var end = name.IndexOfAny(NameEnds);
        // What can be read as ASCII is none of two bytes each, whatever it says.
        return end < 0 || name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) ? null : name[..end].ToString();
    }

    /// <summary>Returns an encoding by its name; null: unknown.</summary>
    private static Encoding? Find(string? charset)
    {
        var name = charset?.Trim(' ', '"', '\'').ToLowerInvariant();
        if (name is not { Length: > 0 and <= LongestName }) return null;
        // Pages mean by these names what Windows meant (https://encoding.spec.whatwg.org/#names-and-labels).
        var meant = name switch
        {
            "euc-kr" or "ks_c_5601-1987" or "ksc5601" => "ks_c_5601-1987",
            "gb2312" or "gbk" => "gb18030",
            "iso-8859-1" or "latin1" or "ascii" or "us-ascii" => "windows-1252",
            "sjis" or "x-sjis" or "windows-31j" => "shift_jis",
            _ => name,
        };
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(meant) ?? Encoding.GetEncoding(meant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

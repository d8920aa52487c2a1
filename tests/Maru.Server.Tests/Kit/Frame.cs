using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// One STOMP frame as it came, read by a reader of the tests' own: what the server's writer got wrong, its reader must not hide.
/// </summary>
internal sealed record Frame(string Command, IReadOnlyDictionary<string, string> Headers, byte[] Body, bool Binary)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public long Seq => long.Parse(this["seq"], CultureInfo.InvariantCulture);

    public string Type => Json.GetProperty("type").GetString() ?? "";

    /// <summary>A header's value; empty when it is not there.</summary>
    public string this[string header] => Headers.GetValueOrDefault(header, "");

    /// <summary>
    /// Takes one frame off the front, by <c>content-length</c> where there is one; null: it is not whole.
    /// EOLs in front are heart-beats.
    /// </summary>
    public static Frame? TryTake(ref ReadOnlySpan<byte> bytes, bool binary)
    {
        while (bytes is [(byte)'\n', ..] or [(byte)'\r', ..]) bytes = bytes[1..];

        var end = bytes.IndexOf("\n\n"u8);
        if (end < 0) return null;
        var lines = Encoding.UTF8.GetString(bytes[..end]).Split('\n');
        Dictionary<string, string> headers = [];
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.TryAdd(Unescape(line[..colon]), Unescape(line[(colon + 1)..]));
        }

        var rest = bytes[(end + 2)..];
        var length = headers.TryGetValue("content-length", out var digits)
            ? int.Parse(digits, CultureInfo.InvariantCulture)
            : rest.IndexOf((byte)0);
        if (length < 0 || rest.Length <= length) return null;
        rest[length].ShouldBe((byte)0, "a frame ends with NUL");
        bytes = rest[(length + 1)..];
        return new Frame(lines[0], headers, rest[..length].ToArray(), binary);
    }

    private static string Unescape(string text) =>
        text.Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal)
        .Replace("\\c", ":", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    public override string ToString() => $"{Command} {string.Join(' ', Headers.Select(header => $"{header.Key}:{header.Value}"))} {Text}";
}

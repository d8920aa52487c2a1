using System.Text;

namespace Maru.Load.Attacks;

/// <summary>Finds in what a server sent last why it ended the connection.</summary>
internal static class LastWords
{
    private const int Longest = 4096;

    /// <summary>Returns an ERROR's slug, a close frame's code and reason, or an HTTP status that refuses; null = none of these.</summary>
    public static string? In(ReadOnlySpan<byte> read)
    {
        if (read.Length > Longest) read = read[^Longest..];
        return Error(read) ?? Close(read) ?? Status(read);
    }

    private static string? Error(ReadOnlySpan<byte> read)
    {
        var at = read.LastIndexOf("ERROR\n"u8);
        if (at < 0) return null;
        var header = read[at..].IndexOf("\nmessage:"u8);
        return header < 0 ? "error" : Word(read[(at + header + "\nmessage:"u8.Length)..]);
    }

    // FIN and opcode 8, length, code, reason: at the very end
    private static string? Close(ReadOnlySpan<byte> read)
    {
        for (var at = Math.Max(0, read.Length - 127); at + 4 <= read.Length; at++)
        {
            if (read[at] != 0x88 || read[at + 1] != read.Length - at - 2) continue;
            var code = (read[at + 2] << 8) | read[at + 3];
            return $"close-{code} {Word(read[(at + 4)..])}".TrimEnd();
        }

        return null;
    }

    /// <summary>404 is no refusal: there is nothing at /nothing.</summary>
    private static string? Status(ReadOnlySpan<byte> read)
    {
        var at = read.LastIndexOf("HTTP/1.1 "u8);
        if (at < 0 || read.Length < at + 12) return null;
        var status = read.Slice(at + 9, 3);
        return status[0] is (byte)'4' or (byte)'5' && !status.SequenceEqual("404"u8) ? "http-" + Encoding.ASCII.GetString(status) : null;
    }

    private static string Word(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\n', (byte)'\r', (byte)0);
        if (end >= 0) text = text[..end];
        return Encoding.UTF8.GetString(text[..Math.Min(text.Length, 60)]);
    }
}

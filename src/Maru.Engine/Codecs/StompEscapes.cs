namespace Maru.Engine.Codecs;

/// <summary>
/// Header escapes. 1.2: <c>\r \n \c \\</c>; 1.1: <c>\n \c \\</c>; 1.0: none. Any other escape is fatal (STOMP 1.2, "Value Encoding").
/// </summary>
public static class StompEscapes
{
    public static bool AreValid(ReadOnlySpan<byte> raw, StompVersion version)
    {
        if (version == StompVersion.V10) return true;
        for (var at = raw.IndexOf((byte)'\\'); at >= 0; at = raw.IndexOf((byte)'\\'))
        {
            if (at + 1 >= raw.Length || Decoded(raw[at + 1], version) == 0) return false;
            raw = raw[(at + 2)..];
        }

        return true;
    }

    /// <summary>
    /// Decodes into <paramref name="destination"/>, which is at least as long as <paramref name="raw"/>; returns the bytes written.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> raw, StompVersion version, Span<byte> destination)
    {
        if (version == StompVersion.V10 || !raw.Contains((byte)'\\'))
        {
            raw.CopyTo(destination);
            return raw.Length;
        }

        var written = 0;
        for (var i = 0; i < raw.Length; i++)
            destination[written++] = raw[i] == '\\' && i + 1 < raw.Length ? Decoded(raw[++i], version) : raw[i];
        return written;
    }

    public static byte[] Decode(ReadOnlySpan<byte> raw, StompVersion version)
    {
        var decoded = new byte[raw.Length];
        var length = Decode(raw, version, decoded);
        return length == raw.Length ? decoded : decoded[..length];
    }

    public static int EncodedLength(ReadOnlySpan<byte> value, StompVersion version)
    {
        var length = value.Length;
        if (version == StompVersion.V10 || value.IndexOfAny(":\\\n\r"u8) < 0) return length;
        foreach (var b in value)
        {
            if (Escaped(b, version) != 0) length++;
        }

        return length;
    }

    /// <summary>
    /// Encodes into <paramref name="destination"/>; returns the bytes written. A line end that the version cannot escape becomes a space:
    /// it must not start a new header.
    /// </summary>
    public static int Encode(ReadOnlySpan<byte> value, StompVersion version, Span<byte> destination)
    {
        var written = 0;
        foreach (var b in value)
        {
            var escape = Escaped(b, version);
            if (escape != 0) destination[written++] = (byte)'\\';
            destination[written++] = escape != 0 ? escape : b is (byte)'\n' or (byte)'\r' ? (byte)' ' : b;
        }

        return written;
    }

    private static byte Decoded(byte escape, StompVersion version) => escape switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'c' => (byte)':',
        (byte)'\\' => (byte)'\\',
        (byte)'r' when version == StompVersion.V12 => (byte)'\r',
        _ => 0,
    };

    private static byte Escaped(byte value, StompVersion version) => (value, version) switch
    {
        (_, StompVersion.V10) => 0,
        ((byte)'\n', _) => (byte)'n',
        ((byte)':', _) => (byte)'c',
        ((byte)'\\', _) => (byte)'\\',
        ((byte)'\r', StompVersion.V12) => (byte)'r',
        _ => 0,
    };
}

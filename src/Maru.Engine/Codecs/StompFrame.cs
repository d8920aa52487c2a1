namespace Maru.Engine.Codecs;

/// <summary>
/// A frame as a view on the reader's buffer: valid until the buffer moves. Header values are raw; <see cref="StompEscapes"/> decodes them.
/// </summary>
public readonly ref struct StompFrame
{
    internal StompFrame(StompCommand command, StompVersion version, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> body)
    {
        Command = command;
        // CONNECT and CONNECTED are never escaped, whatever the version (STOMP 1.2, "Value Encoding").
        Version = command is StompCommand.Connect or StompCommand.Connected or StompCommand.Stomp ? StompVersion.V10 : version;
        HeaderLines = headers;
        Body = body;
    }

    public StompCommand Command { get; }

    /// <summary>The version whose escapes the header values follow.</summary>
    public StompVersion Version { get; }

    /// <summary>All header lines, each with its line end, without the empty line.</summary>
    public ReadOnlySpan<byte> HeaderLines { get; }

    public ReadOnlySpan<byte> Body { get; }

    /// <summary>
    /// The raw value of the first header of that name: of repeated headers only the first counts (STOMP 1.2, "Repeated Header Entries").
    /// </summary>
    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var header in Headers)
        {
            if (!header.Name.SequenceEqual(name)) continue;
            value = header.Value;
            return true;
        }

        value = default;
        return false;
    }

    public HeaderEnumerator Headers => new(HeaderLines, Version);

    public readonly ref struct Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        public ReadOnlySpan<byte> Name { get; } = name;

        public ReadOnlySpan<byte> Value { get; } = value;
    }

    public ref struct HeaderEnumerator(ReadOnlySpan<byte> lines, StompVersion version)
    {
        private ReadOnlySpan<byte> _rest = lines;

        public Header Current { get; private set; }

        public readonly HeaderEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            var end = _rest.IndexOf((byte)'\n');
            if (end < 0) return false;
            var line = _rest[..end];
            _rest = _rest[(end + 1)..];
            if (line is [.., (byte)'\r'] && version != StompVersion.V11) line = line[..^1];
            var colon = line.IndexOf((byte)':');
            var value = line[(colon + 1)..];
            Current = new Header(line[..colon], version == StompVersion.V10 ? value.Trim((byte)' ') : value);
            return true;
        }
    }
}

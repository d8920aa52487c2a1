using System.Buffers.Text;

namespace Maru.Engine.Codecs;

/// <summary>
/// Writes one frame into a span that is known to be large enough (size first, then one pass). Used for every frame, either side.
/// </summary>
public ref struct StompWriter(Span<byte> destination, StompVersion version)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Position { get; private set; }

    public void Command(StompCommand command)
    {
        Raw(StompCommands.Name(command));
        Byte((byte)'\n');
    }

    public void Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var start = Position;
        Position += StompEscapes.Encode(name, version, _destination[Position..]);
        // 1.0 cannot escape a colon: left in a name that someone else chose, it would make another header of it, "sender:9" for one.
        if (version == StompVersion.V10) _destination[start..Position].Replace((byte)':', (byte)' ');
        Byte((byte)':');
        Position += StompEscapes.Encode(value, version, _destination[Position..]);
        Byte((byte)'\n');
    }

    public void Header(ReadOnlySpan<byte> name, long value)
    {
        Raw(name);
        Byte((byte)':');
        Number(value);
        Byte((byte)'\n');
    }

    /// <summary>Ends the headers with <c>content-length</c>, writes the body and the closing NUL.</summary>
    public void Body(ReadOnlySpan<byte> body)
    {
        Header("content-length"u8, body.Length);
        Byte((byte)'\n');
        Raw(body);
        Byte(0);
    }

    /// <summary>Ends the headers of a frame without a body.</summary>
    public void NoBody()
    {
        Byte((byte)'\n');
        Byte(0);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Position..]);
        Position += bytes.Length;
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, _destination[Position..], out var written);
        Position += written;
    }

    private void Byte(byte value) => _destination[Position++] = value;
}

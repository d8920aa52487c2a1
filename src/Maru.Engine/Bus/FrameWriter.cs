using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Maru.Engine.Bus;

/// <summary>
/// A thread's own buffer for frames, used again and again: a frame costs no more than the copy that the bus makes of it. One frame at a
/// time.
/// Numbers are groups of 7 bits, the lowest first; what has a length begins with it.
/// </summary>
internal sealed class FrameWriter
{
    [ThreadStatic]
    private static FrameWriter? Mine;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    private FrameWriter()
    {
    }

    /// <summary>The frame so far; valid until the next one is begun on this thread.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <param name="kind">the frame's first byte: nodes that do not know it skip the frame</param>
    public static FrameWriter Begin(byte kind)
    {
        var writer = Mine ??= new FrameWriter();
        writer._buffer.ResetWrittenCount();
        writer.Byte(kind);
        return writer;
    }

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Number(long value)
    {
        var span = _buffer.GetSpan(10);
        var (rest, length) = ((ulong)value, 0);
        for (; rest > 0x7F; rest >>= 7) span[length++] = (byte)(rest | 0x80);
        span[length++] = (byte)rest;
        _buffer.Advance(length);
    }

    /// <summary>Writes eight bytes: for hashes, which have no small values.</summary>
    public void Fixed(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        _buffer.Write(value);
    }

    public void Text(string value)
    {
        Number(Encoding.UTF8.GetByteCount(value));
        _buffer.Advance(Encoding.UTF8.GetBytes(value, _buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(value.Length))));
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Maru.Engine.Bus;

/// <summary>
/// Reads what <see cref="FrameWriter"/> wrote, behind the kind. Throws <see cref="FormatException"/> for any other bytes.
/// </summary>
internal ref struct FrameReader(ReadOnlySpan<byte> frame)
{
    private ReadOnlySpan<byte> _rest = frame;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public long Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next <= 0x7F) return (long)value;
        }

        throw new FormatException("a number without an end");
    }

    public long Fixed() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <param name="max">more of it cannot be</param>
    public int Count(long max)
    {
        var count = Number();
        return count >= 0 && count <= max ? (int)count : throw new FormatException($"{count} of something, where at most {max} can be");
    }

    /// <summary>A count of things that take a byte each at least.</summary>
    public int Count() => Count(_rest.Length);

    public ReadOnlySpan<byte> Bytes() => Take(Count());

    public string Text() => Encoding.UTF8.GetString(Bytes());

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_rest.Length < length) throw new FormatException("a frame that ends early");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}

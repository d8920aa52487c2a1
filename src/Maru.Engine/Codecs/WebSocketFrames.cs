using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Maru.Engine.Codecs;

public enum WebSocketOpcode : byte
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// <summary>
/// RFC 6455, section 5.2, the frame: <c>FIN(1) RSV(3) opcode(4) MASK(1) length(7 | 7+16 | 7+64) masking-key(0 | 32) payload</c>.
/// A server's frames carry no mask, so the same bytes serve every receiver.
/// </summary>
public static class WebSocketFrames
{
    public const int LongestHeader = 14;

    /// <summary>Returns the size of the header of an unmasked frame with that payload, in bytes.</summary>
    public static int HeaderSize(int payloadLength) => payloadLength < 126 ? 2 : payloadLength <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes the header of a whole, unmasked message; returns its size.</summary>
    public static int WriteHeader(Span<byte> destination, WebSocketOpcode opcode, int payloadLength)
    {
        destination[0] = (byte)(0x80 | (byte)opcode);
        switch (HeaderSize(payloadLength))
        {
            case 2:
                destination[1] = (byte)payloadLength;
                return 2;
            case 4:
                destination[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
                return 4;
            default:
                destination[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
                return 10;
        }
    }

    /// <summary>Writes the header of a whole message that a client sends under <paramref name="mask"/>; returns its size.</summary>
    public static int WriteMaskedHeader(Span<byte> destination, WebSocketOpcode opcode, int payloadLength, uint mask)
    {
        var size = WriteHeader(destination, opcode, payloadLength);
        destination[1] |= 0x80;
        MemoryMarshal.Write(destination[size..], in mask);
        return size + 4;
    }

    /// <summary>
    /// XORs the payload with the mask; <paramref name="offset"/> is the payload's position within its frame. The mask is as it stands on
    /// the wire.
    /// </summary>
    public static void ApplyMask(Span<byte> payload, uint mask, int offset)
    {
        if (mask == 0) return;
        if ((offset & 3) != 0)
            mask = BitConverter.IsLittleEndian
                ? BitOperations.RotateRight(mask, 8 * (offset & 3))
                : BitOperations.RotateLeft(mask, 8 * (offset & 3));
        if (Vector.IsHardwareAccelerated && payload.Length >= Vector<byte>.Count)
        {
            var wide = Vector.AsVectorByte(new Vector<uint>(mask));
            var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(payload);
            foreach (ref var vector in vectors) vector ^= wide;
            payload = payload[(vectors.Length * Vector<byte>.Count)..];
        }

        var words = MemoryMarshal.Cast<byte, uint>(payload);
        foreach (ref var word in words) word ^= mask;
        payload = payload[(words.Length * 4)..];
        Span<byte> key = stackalloc byte[4];
        MemoryMarshal.Write(key, in mask);
        for (var i = 0; i < payload.Length; i++) payload[i] ^= key[i];
    }

    /// <summary>Returns a whole close frame: the code and a reason of at most 123 bytes (RFC 6455, 5.5.1).</summary>
    public static byte[] Close(ushort code, ReadOnlySpan<byte> reason)
    {
        if (reason.Length > 123) reason = reason[..123];
        var frame = new byte[4 + reason.Length];
        WriteHeader(frame, WebSocketOpcode.Close, 2 + reason.Length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), code);
        reason.CopyTo(frame.AsSpan(4));
        return frame;
    }

    /// <summary>Returns a whole unmasked message.</summary>
    public static byte[] Message(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        var header = HeaderSize(payload.Length);
        var frame = GC.AllocateUninitializedArray<byte>(header + payload.Length);
        WriteHeader(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }
}

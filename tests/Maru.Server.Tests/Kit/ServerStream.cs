using System.Buffers.Binary;
using System.Text;

namespace Maru.Server.Tests.Kit;

/// <summary>A close frame's code (1005: it had none) and reason.</summary>
internal sealed record CloseFrame(int Code, string Reason);

/// <summary>Takes whole WebSocket frames off a server's bytes, and STOMP frames off those. One caller.</summary>
/// <param name="take">gets each STOMP frame</param>
/// <param name="reply">gets the control frame that a client must send in return</param>
internal sealed class ServerStream(Action<Frame> take, Action<byte[]> reply)
{
    private byte[] _held = [];
    private byte[] _message = [];
    private bool _binary;

    /// <summary>Once it came.</summary>
    public CloseFrame? Close { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _held = [.. _held, .. bytes];
        ReadOnlySpan<byte> rest = _held;
        while (TryTake(ref rest, out var first, out var payload)) Take(first & 0x0F, (first & 0x80) != 0, payload);
        _held = rest.ToArray();
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out int first, out ReadOnlySpan<byte> payload)
    {
        first = 0;
        payload = default;
        if (bytes.Length < 2) return false;
        first = bytes[0];
        (bytes[1] & 0x80).ShouldBe(0, "a server does not mask");
        var header = bytes[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header) return false;
        var length = bytes[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            var small => small,
        };
        if (bytes.Length < header + length) return false;
        payload = bytes.Slice(header, length);
        bytes = bytes[(header + length)..];
        return true;
    }

    private void Take(int opcode, bool final, ReadOnlySpan<byte> payload)
    {
        if (opcode == 8)
        {
            var code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005;
            Close = new CloseFrame(code, Encoding.UTF8.GetString(payload[Math.Min(2, payload.Length)..]));
            reply(ClientFrames.Close());
        }
        else if (opcode == 9)
        {
            reply(ClientFrames.Pong(payload));
        }
        else if (opcode < 3)
        {
            if (opcode != 0) _binary = opcode == 2;
            _message = [.. _message, .. payload];
            if (final) TakeFrames();
        }
    }

    private void TakeFrames()
    {
        ReadOnlySpan<byte> bytes = _message;
        while (Frame.TryTake(ref bytes, _binary) is { } frame) take(frame);
        _message = bytes.ToArray();
    }
}

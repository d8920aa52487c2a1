using System.Buffers.Binary;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Kit;

/// <summary>
/// Reads a server's byte stream as a client does, and holds it to the rules:
/// whole messages, text that is UTF-8, heart-beats alone in theirs, nothing behind the close.
/// </summary>
internal sealed class ServerStream
{
    private static readonly StompLimits Limits = new(1000, 1 << 20, 1 << 24);

    private WebSocketReader _reader = new(expectMask: false);
    private StompReader _stomp = new(Limits) { Version = StompVersion.V10 };
    private byte[] _rest = [];
    private byte[] _message = [];
    private WebSocketOpcode _opcode;
    private bool _begun;            // a message's first header was read

    public List<ReceivedFrame> Frames { get; } = [];

    public int HeartBeats { get; private set; }

    public int Pings { get; private set; }

    public List<byte[]> Pongs { get; } = [];

    public int? CloseCode { get; private set; }

    public void Add(byte[] bytes)
    {
        if (bytes.Length == 0) return;
        CloseCode.ShouldBeNull("bytes behind the close frame");
        byte[] all = [.. _rest, .. bytes];
        var at = 0;
        while (at < all.Length)
        {
            var opcode = (WebSocketOpcode)(all[at] & 15);
            var status = _reader.Read(all.AsSpan(at), out var consumed, out var payload);
            if (status == WebSocketEvent.NeedMore) break;
            if (status == WebSocketEvent.Payload && !_begun) (_opcode, _begun) = (opcode, true);
            at += consumed;
            Take(status, payload);
        }

        _rest = all[at..];
    }

    private void Take(WebSocketEvent status, Span<byte> payload)
    {
        switch (status)
        {
            case WebSocketEvent.Payload:
                _message = [.. _message, .. payload];
                TakeMessage();
                break;
            case WebSocketEvent.Ping:
                Pings++;
                break;
            case WebSocketEvent.Pong:
                Pongs.Add(payload.ToArray());
                break;
            case WebSocketEvent.Close:
                CloseCode = payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload);
                break;
            default:
                throw new InvalidOperationException($"the server broke the WebSocket's rules: {status}");
        }
    }

    private void TakeMessage()
    {
        if (_message.Length == 0) return;
        if (_message.AsSpan().SequenceEqual("\n"u8))
        {
            HeartBeats++;
            (_message, _begun) = ([], false);
            return;
        }

        _message[0].ShouldNotBe((byte)'\n', "a heart-beat must not begin a message");
        var status = _stomp.Read(_message, out var consumed, out var frame);
        if (status == StompReadStatus.NeedMore && consumed == 0) return;
        status.ShouldBe(StompReadStatus.Frame);
        consumed.ShouldBe(_message.Length, "one frame a message");
        var received = ReceivedFrame.From(frame, _opcode);
        Frames.Add(received);
        (_message, _begun) = ([], false);
        if (received.Command != StompCommand.Connected) return;
        _stomp.Version = received["version"] switch { "1.2" => StompVersion.V12, "1.1" => StompVersion.V11, _ => StompVersion.V10 };
    }
}

using System.Buffers.Binary;
using Maru.Engine.Codecs;

namespace Maru.Load.Inbound;

internal enum InboundEvent : byte
{
    /// <summary>Call again with the remaining bytes and more behind them.</summary>
    NeedMore,

    /// <summary>Nothing for the caller: call again with the remaining bytes.</summary>
    Nothing,
    Frame,
    Ping,
    Close,
    Broken,
}

/// <summary>
/// The client's side of one connection's bytes: WebSocket frames, and STOMP frames in them, however both are split. A WebSocket frame is
/// taken when it is whole, so a caller must keep at most one frame between reads; only a STOMP frame that spans messages is copied. One
/// connection, one caller.
/// </summary>
internal struct ServerFrames
{
    /// <summary>The largest WebSocket frame that is taken.</summary>
    public const int LargestFrame = 512 * 1024;

    private static readonly StompLimits Limits = new(MaxHeaders: 64, MaxHeaderBytes: 16 * 1024, MaxBodyBytes: LargestFrame);

    private WebSocketReader _web = new(expectMask: false);
    private StompReader _stomp = new(Limits);
    private bool _messageOpen;      // the WebSocket message continues in the next frame
    private int _payload;           // bytes of the current frame's payload still to be read, at the input's start
    private byte[] _carry = [];     // a STOMP frame's part from earlier messages, and the bytes after it
    private int _carryStart;
    private int _carryEnd;

    public ServerFrames()
    {
    }

    /// <summary>True between frames: the next byte begins a WebSocket frame, and in it a STOMP frame.</summary>
    public readonly bool AtBoundary => !_messageOpen && _payload == 0 && _carryEnd == 0;

    public StompVersion Version
    {
        readonly get => _stomp.Version;
        set => _stomp.Version = value;
    }

    /// <summary>
    /// Reads one event; the caller drops <paramref name="consumed"/> bytes.
    /// Frame and payload are valid until the next call.
    /// </summary>
    public InboundEvent Read(Span<byte> input, out int consumed, out StompFrame frame, out ReadOnlySpan<byte> payload)
    {
        frame = default;
        payload = default;
        consumed = 0;
        if (_payload > 0) return _carryEnd > 0 ? Join(input, out consumed, out frame) : ReadPayload(input, out consumed, out frame);
        if (_carryStart > 0) return ReadCarry(out frame);
        if (!TryMeasure(input, out var total)) return InboundEvent.NeedMore;
        if (total > LargestFrame) return InboundEvent.Broken;
        if (input.Length < total) return InboundEvent.NeedMore;

        var first = input[0];
        var read = _web.Read(input[..(int)total], out var used, out var data);
        if (read == WebSocketEvent.Payload)
        {
            _messageOpen = (first & 0x80) == 0;
            _payload = data.Length;
            consumed = used - data.Length; // the header: the payload is read in place by the next calls
            return InboundEvent.Nothing;
        }

        consumed = used;
        payload = data;
        return read switch
        {
            WebSocketEvent.Ping => InboundEvent.Ping,
            WebSocketEvent.Pong => InboundEvent.Nothing,
            WebSocketEvent.Close => InboundEvent.Close,
            _ => InboundEvent.Broken,
        };
    }

    private InboundEvent ReadPayload(ReadOnlySpan<byte> input, out int consumed, out StompFrame frame)
    {
        var status = _stomp.Read(input[.._payload], out consumed, out frame);
        _payload -= consumed;
        if (status == StompReadStatus.Frame) return InboundEvent.Frame;
        if (status != StompReadStatus.NeedMore) return InboundEvent.Broken;
        Carry(input.Slice(consumed, _payload));
        consumed += _payload;
        _payload = 0;
        return InboundEvent.Nothing;
    }

    private InboundEvent Join(ReadOnlySpan<byte> input, out int consumed, out StompFrame frame)
    {
        Carry(input[.._payload]);
        consumed = _payload;
        _payload = 0;
        return ReadCarry(out frame);
    }

    private InboundEvent ReadCarry(out StompFrame frame)
    {
        var status = _stomp.Read(_carry.AsSpan(_carryStart, _carryEnd - _carryStart), out var used, out frame);
        _carryStart += used;
        if (status is not (StompReadStatus.Frame or StompReadStatus.NeedMore)) return InboundEvent.Broken;
        if (_carryStart == _carryEnd) _carryStart = _carryEnd = 0;
        else if (status == StompReadStatus.NeedMore)
        {
            _carry.AsSpan(_carryStart, _carryEnd - _carryStart).CopyTo(_carry);
            (_carryStart, _carryEnd) = (0, _carryEnd - _carryStart);
        }

        return status == StompReadStatus.Frame ? InboundEvent.Frame : InboundEvent.Nothing;
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        if (_carryEnd + bytes.Length > _carry.Length) Array.Resize(ref _carry, Math.Max(512, 2 * (_carryEnd + bytes.Length)));
        bytes.CopyTo(_carry.AsSpan(_carryEnd));
        _carryEnd += bytes.Length;
    }

    /// <summary>Finds the size of the whole WebSocket frame at the start, once its header is there.</summary>
    private static bool TryMeasure(ReadOnlySpan<byte> input, out long total)
    {
        total = 0;
        if (input.Length < 2) return false;
        var length = input[1] & 0x7F;
        var header = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0);
        if (input.Length < header) return false;
        total = header + (length == 126 ? BinaryPrimitives.ReadUInt16BigEndian(input[2..])
            : length == 127 ? (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(input[2..]), int.MaxValue) : length);
        return true;
    }
}

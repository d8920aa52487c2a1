using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Maru.Engine.Codecs;

public enum WebSocketEvent : byte
{
    /// <summary>Call again with the unconsumed bytes and more behind them.</summary>
    NeedMore,

    /// <summary>A piece of a data message's payload, unmasked in place.</summary>
    Payload,
    Ping,
    Pong,

    /// <summary>The peer's close frame; the payload is empty or its code and reason.</summary>
    Close,

    /// <summary>Close with 1002: the peer broke the framing.</summary>
    ProtocolError,

    /// <summary>Close with 1007: a text message is not UTF-8.</summary>
    InvalidText,
}

/// <summary>
/// Reads RFC 6455 frames off a byte stream. Payload comes out piece by piece as it arrives, so a frame of any announced length takes no
/// memory here.
/// One stream, one caller.
/// </summary>
public struct WebSocketReader(bool expectMask)
{
    private ulong _remaining;               // payload bytes of the current data frame still to come
    private uint _mask;
    private int _offset;                    // position within the current frame's payload, modulo 4
    private bool _final;
    private WebSocketOpcode _message;       // Text or Binary while a message is under way, else Continuation
    private Utf8Check _text;

    /// <summary>
    /// Reads one event. The caller drops <paramref name="consumed"/> bytes before the next call; <paramref name="payload"/> lies inside
    /// them.
    /// </summary>
    public WebSocketEvent Read(Span<byte> input, out int consumed, out Span<byte> payload)
    {
        consumed = 0;
        payload = default;
        if (_remaining > 0) return ReadPayload(input, 0, out consumed, out payload);
        if (input.Length < 2) return WebSocketEvent.NeedMore;

        var final = (input[0] & 0x80) != 0;
        var opcode = (WebSocketOpcode)(input[0] & 0x0F);
        var masked = (input[1] & 0x80) != 0;
        if ((input[0] & 0x70) != 0 || masked != expectMask) return WebSocketEvent.ProtocolError;

        ulong length = (byte)(input[1] & 0x7F);
        var header = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (masked ? 4 : 0);
        if (input.Length < header) return WebSocketEvent.NeedMore;
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
            if (length < 126) return WebSocketEvent.ProtocolError;
        }
        else if (length == 127)
        {
            length = BinaryPrimitives.ReadUInt64BigEndian(input[2..]);
            if (length is <= ushort.MaxValue or > long.MaxValue) return WebSocketEvent.ProtocolError;
        }

        var mask = masked ? MemoryMarshal.Read<uint>(input[(header - 4)..]) : 0;
        if (opcode >= WebSocketOpcode.Close) return ReadControl(input, opcode, final, header, length, mask, out consumed, out payload);

        var continues = _message != WebSocketOpcode.Continuation;
        if (opcode > WebSocketOpcode.Binary || (opcode == WebSocketOpcode.Continuation) != continues) return WebSocketEvent.ProtocolError;
        if (!continues) (_message, _text) = (opcode, default);
        (_remaining, _mask, _offset, _final) = (length, mask, 0, final);
        return ReadPayload(input, header, out consumed, out payload);
    }

    private WebSocketEvent ReadPayload(Span<byte> input, int header, out int consumed, out Span<byte> payload)
    {
        var take = (int)Math.Min((ulong)(input.Length - header), _remaining);
        payload = input.Slice(header, take);
        consumed = header + take;
        _remaining -= (ulong)take;
        WebSocketFrames.ApplyMask(payload, _mask, _offset);
        _offset = (_offset + take) & 3;

        var ends = _remaining == 0 && _final;
        if (_message == WebSocketOpcode.Text && !_text.Append(payload, ends)) return WebSocketEvent.InvalidText;
        if (ends) _message = WebSocketOpcode.Continuation;
        return consumed == 0 ? WebSocketEvent.NeedMore : WebSocketEvent.Payload;
    }

    private static WebSocketEvent ReadControl(
        Span<byte> input, WebSocketOpcode opcode, bool final, int header, ulong length, uint mask, out int consumed, out Span<byte> payload)
    {
        consumed = 0;
        payload = default;
        if (!final || length > 125 || opcode > WebSocketOpcode.Pong) return WebSocketEvent.ProtocolError;
        if (input.Length < header + (int)length) return WebSocketEvent.NeedMore;
        payload = input.Slice(header, (int)length);
        consumed = header + (int)length;
        WebSocketFrames.ApplyMask(payload, mask, 0);
        return opcode switch
        {
            WebSocketOpcode.Ping => WebSocketEvent.Ping,
            WebSocketOpcode.Pong => WebSocketEvent.Pong,
            _ => CheckClose(payload),
        };
    }

    /// <summary>Checks a close frame: it is empty, or has a code that may stand in a frame (RFC 6455, 7.4) and a reason in UTF-8.</summary>
    private static WebSocketEvent CheckClose(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return WebSocketEvent.Close;
        if (payload.Length == 1) return WebSocketEvent.ProtocolError;
        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (code is not ((>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999))) return WebSocketEvent.ProtocolError;
        return Utf8.IsValid(payload[2..]) ? WebSocketEvent.Close : WebSocketEvent.InvalidText;
    }
}

using System.Text;
using Maru.Engine.Bus;
using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Log;

namespace Maru.Engine.Protocols.Stomp;

/// <summary>
/// MESSAGE frames of one subscription id: each carries the receiver's own, so receivers share them where they chose the same. Lane only.
/// </summary>
internal sealed class StompEncoder : EventEncoder
{
    private readonly RoomId _room;
    private readonly byte[] _subscription;
    private readonly StompVersion _version;
    private readonly Framing _framing;
    private readonly byte[] _prefix;    // up to the seq in message-id
    private readonly byte[] _ack;       // up to the seq in ack; empty: there is none

    public StompEncoder(RoomId room, string subscription, StompVersion version, bool acks, Framing framing)
    {
        (_room, _version, _framing) = (room, version, framing);
        _subscription = Encoding.UTF8.GetBytes(subscription);
        var escaped = new byte[StompEscapes.EncodedLength(_subscription, version)];
        StompEscapes.Encode(_subscription, version, escaped);
        _prefix =
        [
            .. "MESSAGE\nsubscription:"u8, .. escaped,
            .. Encoding.ASCII.GetBytes($"\ndestination:/topic/rooms/{room}\nmessage-id:{room}-"),
        ];
        _ack = acks ? Encoding.ASCII.GetBytes($"\nack:{room}-") : [];
    }

    /// <remarks><code>
    /// MESSAGE
    /// subscription:{id}
    /// destination:/topic/rooms/{room}
    /// message-id:{room}-{seq}
    /// seq:{seq}
    /// content-type:application/json
    /// content-length:{bytes}
    ///
    /// {event}NUL
    /// </code></remarks>
    public override byte[] Encode(List<Entry> run)
    {
        var size = 0;
        foreach (var entry in run)
        {
            var frame = FrameSize(entry);
            size += _framing.HeaderSize(frame) + frame;
        }

        var buffer = GC.AllocateUninitializedArray<byte>(size);
        var at = 0;
        foreach (var entry in run)
        {
            at += _framing.WriteHeader(buffer.AsSpan(at), FrameSize(entry), isText: true);
            at += Write(entry, buffer.AsSpan(at));
        }

        return buffer;
    }

    /// <remarks>As an entry, without a seq; the id is <c>e-{number}</c>.</remarks>
    public override byte[] Encode(long number, ReadOnlySpan<byte> json)
    {
        var destination = Encoding.ASCII.GetBytes($"/topic/rooms/{_room}");
        Span<byte> buffer = new byte[256 + StompEscapes.EncodedLength(_subscription, _version) + json.Length];
        var writer = new StompWriter(buffer, _version);
        writer.Command(StompCommand.Message);
        writer.Header("subscription"u8, _subscription);
        writer.Header("destination"u8, destination);
        writer.Raw("message-id:e-"u8);
        writer.Number(number);
        if (_ack.Length > 0)
        {
            writer.Raw("\nack:e-"u8);
            writer.Number(number);
        }

        writer.Raw("\n"u8);
        writer.Header("content-type"u8, "application/json"u8);
        writer.Body(json);
        return _framing.Message(buffer[..writer.Position]);
    }

    /// <summary>Up to the sender; in a binary message if what follows is no text.</summary>
    public override byte[] SignalHead(Signal signal, int body)
    {
        var destination = Encoding.UTF8.GetBytes($"/topic/rooms/{_room}/signals/{signal.Name}");
        Span<byte> head = new byte[160 + StompEscapes.EncodedLength(_subscription, _version)
            + StompEscapes.EncodedLength(destination, _version)];
        var writer = new StompWriter(head, _version);
        writer.Command(StompCommand.Message);
        writer.Header("subscription"u8, _subscription);
        writer.Header("destination"u8, destination);
        writer.Raw("message-id:s-"u8);
        writer.Number(signal.Number);
        writer.Raw("\n"u8);
        if (_ack.Length > 0)
        {
            writer.Raw("ack:s-"u8);
            writer.Number(signal.Number);
            writer.Raw("\n"u8);
        }

        writer.Header("sender"u8, signal.Sender.Value);
        var frame = writer.Position + body;
        var message = GC.AllocateUninitializedArray<byte>(_framing.HeaderSize(frame) + writer.Position);
        head[..writer.Position].CopyTo(message.AsSpan(_framing.WriteHeader(message, frame, signal.IsText)));
        return message;
    }

    private int FrameSize(Entry entry)
    {
        var digits = Digits(entry.Seq);
        return _prefix.Length + digits + (_ack.Length > 0 ? _ack.Length + digits : 0) + "\nseq:"u8.Length + digits
            + "\ncontent-type:application/json\ncontent-length:"u8.Length + Digits(entry.Body.Length) + 2 + entry.Body.Length + 1;
    }

    private int Write(Entry entry, Span<byte> destination)
    {
        var writer = new StompWriter(destination, _version);
        writer.Raw(_prefix);
        writer.Number(entry.Seq);
        if (_ack.Length > 0)
        {
            writer.Raw(_ack);
            writer.Number(entry.Seq);
        }

        writer.Raw("\nseq:"u8);
        writer.Number(entry.Seq);
        writer.Raw("\ncontent-type:application/json\n"u8);
        writer.Body(entry.Body);
        return writer.Position;
    }

    private static int Digits(long value)
    {
        var digits = 1;
        while ((value /= 10) != 0) digits++;
        return digits;
    }
}

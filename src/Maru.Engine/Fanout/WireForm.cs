using System.Text;
using Maru.Engine.Rooms;
using Maru.Engine.Wire;

namespace Maru.Engine.Fanout;

/// <param name="Subscription">the receiver's subscription id, decoded</param>
/// <param name="Version">whose escapes hold</param>
/// <param name="Ack">whether the subscription asked for an <c>ack</c> mode other than auto</param>
internal readonly record struct WireFormKey(string Subscription, StompVersion Version, bool Ack);

/// <summary>
/// How a subscriber wants a room's events to look on the wire: subscribers of one form share the same bytes. For STOMP the form is the subscription id (MESSAGE
/// carries the receiver's own) and whether an <c>ack</c> header is due. Lane only.
/// </summary>
internal sealed class WireForm
{
    private readonly byte[] _prefix;
    private readonly byte[] _idPrefix;
    private readonly bool _ack;
    private byte[] _encoded = [];
    private long _encodedFirst;
    private long _encodedLast;

    public WireForm(RoomId room, WireFormKey key)
    {
        Key = key;
        Subscription = Encoding.UTF8.GetBytes(key.Subscription);
        _ack = key.Ack && key.Version == StompVersion.V12;
        var escaped = new byte[StompEscapes.EncodedLength(Subscription, Version)];
        StompEscapes.Encode(Subscription, Version, escaped);
        _prefix = [.. "MESSAGE\nsubscription:"u8, .. escaped, .. Encoding.ASCII.GetBytes($"\ndestination:/topic/rooms/{room}\nmessage-id:{room}-")];
        _idPrefix = [.. Encoding.ASCII.GetBytes($"\nack:{room}-")];
    }

    public WireFormKey Key { get; }

    public byte[] Subscription { get; }

    public StompVersion Version => Key.Version;

    public bool HasAck => _ack;

    /// <summary>Subscriptions that use it; at 0 the room forgets it.</summary>
    public int Users { get; set; }

    /// <summary>The run as WebSocket text messages, one a frame, in one buffer. Encoded on the first call, shared by the next ones for the same run.</summary>
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
    public ReadOnlyMemory<byte> Encode(List<Entry> run)
    {
        var (first, last) = (run[0].Seq, run[^1].Seq);
        if (_encodedFirst == first && _encodedLast == last) return _encoded;
        var size = 0;
        foreach (var entry in run)
        {
            var frame = FrameSize(entry);
            size += WebSocketFrames.HeaderSize(frame) + frame;
        }

        var buffer = GC.AllocateUninitializedArray<byte>(size);
        var at = 0;
        foreach (var entry in run)
        {
            at += WebSocketFrames.WriteHeader(buffer.AsSpan(at), WebSocketOpcode.Text, FrameSize(entry));
            at += Write(entry, buffer.AsSpan(at));
        }

        (_encoded, _encodedFirst, _encodedLast) = (buffer, first, last);
        return buffer;
    }

    /// <summary>Drops the shared bytes at the end of a round.</summary>
    public void Forget() => (_encoded, _encodedFirst, _encodedLast) = ([], 0, 0);

    private int FrameSize(Entry entry)
    {
        var digits = Digits(entry.Seq);
        return _prefix.Length + digits + (_ack ? _idPrefix.Length + digits : 0) + "\nseq:"u8.Length + digits
            + "\ncontent-type:application/json\ncontent-length:"u8.Length + Digits(entry.Body.Length) + 2 + entry.Body.Length + 1;
    }

    private int Write(Entry entry, Span<byte> destination)
    {
        var writer = new StompWriter(destination, Version);
        writer.Raw(_prefix);
        writer.Number(entry.Seq);
        if (_ack)
        {
            writer.Raw(_idPrefix);
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

using System.Text;
using Maru.Engine.Codecs;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <param name="First">seq of its first entry</param>
/// <param name="Last">seq of its last entry</param>
/// <param name="Bytes">its frames, as they go to the socket</param>
internal readonly record struct EncodedRun(long First, long Last, ReadOnlyMemory<byte> Bytes);

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
    private const int KeptBytes = 2 * 1024 * 1024;

    private readonly byte[] _prefix;
    private readonly byte[] _idPrefix;
    private readonly bool _ack;
    private readonly Dictionary<long, EncodedRun> _encoded = [];    // by first seq
    private readonly Queue<EncodedRun> _order = new();
    private int _bytes;
    private readonly EngineMetrics _metrics;

    public WireForm(RoomId room, WireFormKey key, EngineMetrics metrics)
    {
        _metrics = metrics;
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

    /// <summary>
    /// The run that begins at that seq, if it is encoded already: live subscribers share it within a round, cursors as long as it is kept, since all of them step
    /// from one run's end to the next one's beginning.
    /// </summary>
    public bool TryGet(long first, out EncodedRun run) => _encoded.TryGetValue(first, out run);

    /// <summary>The run, as it was encoded for another receiver or else now; kept for the next ones until <see cref="Forget"/>, or until there are too many.</summary>
    public EncodedRun GetOrEncode(List<Entry> run) => TryGet(run[0].Seq, out var encoded) ? encoded : Encode(run);

    /// <summary>Drops the shared bytes.</summary>
    public void Forget()
    {
        if (_bytes == 0) return;
        _encoded.Clear();
        _order.Clear();
        _bytes = 0;
    }

    /// <summary>The run as WebSocket text messages, one a frame, in one buffer.</summary>
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
    private EncodedRun Encode(List<Entry> run)
    {
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

        var encoded = new EncodedRun(run[0].Seq, run[^1].Seq, buffer);
        _metrics.Encoded.Add(size);
        if (Users > 1) Keep(encoded);
        return encoded;
    }

    private void Keep(in EncodedRun run)
    {
        while (_bytes > KeptBytes && _order.TryDequeue(out var oldest))
        {
            _encoded.Remove(oldest.First);
            _bytes -= oldest.Bytes.Length;
        }

        if (!_encoded.TryAdd(run.First, run)) return;
        _order.Enqueue(run);
        _bytes += run.Bytes.Length;
    }

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

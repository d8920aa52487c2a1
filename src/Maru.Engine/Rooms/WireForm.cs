using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <param name="First">seq of its first entry</param>
/// <param name="Last">seq of its last entry</param>
/// <param name="Bytes">its frames, as they go to the socket</param>
internal readonly record struct EncodedRun(long First, long Last, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// The bytes of a room's events as a subscription wants them: subscriptions of one form share the same bytes. Keeps encoded runs for the
/// subscriptions that need them next. Lane only.
/// </summary>
internal sealed class WireForm(RoomId room, WireSubscription subscription, KeptRuns kept, EngineMetrics metrics)
{
    private const int KeptBytes = 2 * 1024 * 1024;

    private readonly EventEncoder _encoder = subscription.Wire.Encoder(room, subscription.Id);
    private readonly Dictionary<long, EncodedRun> _encoded = [];    // by first seq
    private readonly Queue<(EncodedRun Run, int Hidden)> _order = new();
    private Dictionary<(long First, long Last, int Hidden), EncodedRun>? _partial;      // runs with hidden entries
    private int _bytes;

    /// <summary>Subscriptions that use it; at 0 the room forgets it.</summary>
    public int Users { get; set; }

    /// <summary>
    /// Finds the encoded run that begins at that seq: live subscriptions share it within a round, cursors for as long as it is kept, since
    /// all of them step from one run's end to the next one's beginning.
    /// </summary>
    public bool TryGet(long first, out EncodedRun run) => _encoded.TryGetValue(first, out run);

    /// <summary>
    /// Returns the run as it was encoded for another receiver, or encodes it; kept for the next ones until <see cref="Forget"/>, or until
    /// there are too many.
    /// </summary>
    public EncodedRun GetOrEncode(List<Entry> run)
    {
        var share = int.MaxValue;
        TryGetOrEncode(run, ref share, out var encoded);
        return encoded;
    }

    /// <inheritdoc cref="GetOrEncode(List{Entry})"/>
    /// <param name="run">the run</param>
    /// <param name="share">bytes that may still be encoded: one run may exceed it. False: none, and the run was not encoded before</param>
    /// <param name="encoded">the encoded run</param>
    public bool TryGetOrEncode(List<Entry> run, ref int share, out EncodedRun encoded)
    {
        if (TryGet(run[0].Seq, out encoded)) return true;
        if (share <= 0) return false;
        encoded = Encode(run);
        share -= encoded.Bytes.Length;
        if (Users > 1) Keep(encoded);
        return true;
    }

    /// <inheritdoc cref="GetOrEncode(List{Entry})"/>
    /// <param name="run">the run</param>
    /// <param name="joined">the end of the log when the member joined, from whom entries about earlier messages are hidden</param>
    public EncodedRun GetOrEncode(List<Entry> run, long joined)
    {
        var share = int.MaxValue;
        TryGetOrEncode(run, joined, ref share, out var encoded);
        return encoded;
    }

    /// <inheritdoc cref="TryGetOrEncode(List{Entry}, ref int, out EncodedRun)"/>
    /// <param name="joined">the end of the log when the member joined, from whom entries about earlier messages are hidden</param>
    public bool TryGetOrEncode(List<Entry> run, long joined, ref int share, out EncodedRun encoded)
    {
        var (first, last, hidden) = (run[0].Seq, run[^1].Seq, HiddenPast.Count(run, 0, joined));
        // A whole run that goes on behind this one may have what is hidden from this member.
        if (hidden == 0 && TryGet(first, out encoded) && encoded.Last <= last) return true;
        if (_partial is not null && _partial.TryGetValue((first, last, hidden), out encoded)) return true;
        encoded = default;
        if (share <= 0) return false;
        encoded = Encode(hidden > 0 ? HiddenPast.Hide(run, joined) : run);
        share -= encoded.Bytes.Length;
        if (Users > 1) Keep(encoded, hidden);
        return true;
    }

    /// <summary>Encodes the run without keeping it.</summary>
    public EncodedRun Encode(List<Entry> run)
    {
        var encoded = new EncodedRun(run[0].Seq, run[^1].Seq, _encoder.Encode(run));
        metrics.Encoded.Add(encoded.Bytes.Length);
        return encoded;
    }

    /// <inheritdoc cref="EventEncoder.Encode(long, ReadOnlySpan{byte})"/>
    public byte[] Encode(long number, ReadOnlySpan<byte> json) => _encoder.Encode(number, json);

    public Wire Wire => subscription.Wire;

    /// <inheritdoc cref="EventEncoder.SignalHead"/>
    public byte[] SignalHead(Signal signal, int body) => _encoder.SignalHead(signal, body);

    /// <summary>Drops the shared bytes.</summary>
    public void Forget()
    {
        if (_bytes == 0) return;
        _encoded.Clear();
        _partial?.Clear();
        _order.Clear();
        kept.Add(-_bytes);
        _bytes = 0;
    }

    private void Keep(in EncodedRun run, int hidden = 0)
    {
        while ((_bytes > KeptBytes || kept.IsFull) && _order.TryDequeue(out var oldest))
        {
            if (oldest.Hidden == 0) _encoded.Remove(oldest.Run.First);
            else _partial?.Remove((oldest.Run.First, oldest.Run.Last, oldest.Hidden));
            Count(-oldest.Run.Bytes.Length);
        }

        // The newest one is kept whatever there is: the run's other receivers follow at once.
        if (hidden == 0 ? !_encoded.TryAdd(run.First, run) : !(_partial ??= []).TryAdd((run.First, run.Last, hidden), run)) return;
        _order.Enqueue((run, hidden));
        Count(run.Bytes.Length);
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        kept.Add(bytes);
    }
}

using Maru.Engine.Codecs;
using Maru.Load.Measuring;
using Maru.Load.Verification;

namespace Maru.Load.Inbound;

/// <summary>
/// The time window whose deliveries are latency samples, by the time at which they were due; they arrived at the time of the read.
/// </summary>
/// <param name="Into">gets the samples</param>
/// <param name="Now">the read's time</param>
/// <param name="From">the time from which messages due are samples for this client</param>
/// <param name="Until">the time at which samples end</param>
/// <param name="MeasureFrom">the same for a client that was always connected: its silence counts from here</param>
/// <param name="ByPeriod">gets them too, where the run has periods</param>
internal readonly record struct LatencyWindow(
    Histogram Into, long Now, long From, long Until, long MeasureFrom, PeriodLatencies? ByPeriod = null)
{
    public void Record(long scheduled, ref Silence silence)
    {
        if (scheduled >= From && scheduled < Until)
        {
            Into.Record(Now - scheduled);
            ByPeriod?.Delivered(scheduled, Now - scheduled);
        }

        silence.Heard(scheduled, Now, MeasureFrom, Until);
    }
}

/// <summary>
/// One read of one connection, event by event. The room's known frames are taken by comparison and never become events: they are counted
/// and their seqs accepted at once. All others come out as frames, read the general way; both ways see the same entries, however the bytes
/// are split.
/// </summary>
internal ref struct Reception(
    ref ServerFrames frames, ref SeqCheck seq, ref Silence silence, KnownFrames known, Span<byte> data, LatencyWindow window)
{
    private readonly ref ServerFrames _frames = ref frames;
    private readonly ref SeqCheck _seq = ref seq;
    private readonly ref Silence _silence = ref silence;
    private readonly Span<byte> _data = data;
    private int _start;         // start of a WebSocket frame that holds one STOMP frame so far; -1 = it holds more

    /// <summary>Bytes that are done; the rest belongs in front of the next read.</summary>
    public int Taken { get; private set; }

    /// <summary>Deliveries taken by comparison.</summary>
    public int Compared { get; private set; }

    /// <summary>Returns the next event; <see cref="InboundEvent.NeedMore"/> ends the read.</summary>
    /// <param name="frame">the frame of <see cref="InboundEvent.Frame"/></param>
    /// <param name="payload">its WebSocket frame, when that holds nothing else; or the payload of a ping or close</param>
    public InboundEvent Next(out StompFrame frame, out ReadOnlySpan<byte> payload)
    {
        while (true)
        {
            if (_frames.AtBoundary)
            {
                TakeKnown();
                _start = Taken;
            }

            var read = _frames.Read(_data[Taken..], out var consumed, out frame, out payload);
            Taken += consumed;
            if (read == InboundEvent.Nothing) continue;
            if (read == InboundEvent.Frame && _start >= 0 && _frames.AtBoundary) payload = _data[_start..Taken];
            _start = -1;
            return read;
        }
    }

    private void TakeKnown()
    {
        while (known.Match(_seq.Last + 1, _data[Taken..], out var scheduled) is > 0 and var length)
        {
            _seq.Advance();
            Taken += length;
            Compared++;
            window.Record(scheduled, ref _silence);
        }
    }
}

namespace Maru.Server.Bus;

/// <summary>
/// Measures how long frames are on their way, by this node's own that come back to it: no clock of another node is asked. One frame at a
/// time, and ten in a second: the others cost nothing. Any thread.
/// </summary>
internal sealed class BusLag(string bus, BusMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);   // it may have been lost, or nobody here listens to its channel

    private Sample? _sample;
    private long _next;

    /// <summary>Called with each frame before it is sent.</summary>
    /// <param name="frame">is not changed later</param>
    public void Sent(ReadOnlyMemory<byte> frame)
    {
        var now = time.GetTimestamp();
        var next = Volatile.Read(ref _next);
        if (now < next || Interlocked.CompareExchange(ref _next, now + Ticks(Every), next) != next) return;
        if (Volatile.Read(ref _sample) is { } waiting && time.GetElapsedTime(waiting.At, now) < Patience) return;
        Volatile.Write(ref _sample, new Sample(frame, now));
    }

    /// <summary>Called with each of this node's own frames that comes back.</summary>
    public void Heard(ReadOnlySpan<byte> frame)
    {
        if (Volatile.Read(ref _sample) is not { } sample || !frame.SequenceEqual(sample.Frame.Span)) return;
        if (Interlocked.CompareExchange(ref _sample, null, sample) == sample) metrics.Came(bus, time.GetElapsedTime(sample.At));
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private sealed record Sample(ReadOnlyMemory<byte> Frame, long At);
}

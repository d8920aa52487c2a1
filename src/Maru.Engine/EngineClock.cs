namespace Maru.Engine;

/// <summary>Coarse monotonic milliseconds for time-outs, advanced by the sweeper; reading it costs nothing.</summary>
internal sealed class EngineClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _now;

    public long Now => Volatile.Read(ref _now);

    public void Advance() => Volatile.Write(ref _now, (long)time.GetElapsedTime(_start).TotalMilliseconds);
}

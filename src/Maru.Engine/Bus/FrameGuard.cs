using Microsoft.Extensions.Logging;

namespace Maru.Engine.Bus;

/// <summary>Wraps the handlers of a bus: drops a frame that cannot be read, with at most one warning a minute. Any thread.</summary>
public sealed partial class FrameGuard(ILogger log, TimeProvider time)
{
    private static readonly TimeSpan WarnEvery = TimeSpan.FromMinutes(1);

    private long _warnedAt;

    public void Call<T>(Action<T> heard, T frame)
    {
        try
        {
            heard(frame);
        }
        catch (Exception e)
        {
            var (now, warnedAt) = (time.GetTimestamp(), Volatile.Read(ref _warnedAt));
            if (warnedAt > 0 && time.GetElapsedTime(warnedAt, now) < WarnEvery) return;
            if (Interlocked.CompareExchange(ref _warnedAt, now, warnedAt) == warnedAt) Unreadable(log, e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A frame on the bus cannot be read: does another program use our channels?")]
    private static partial void Unreadable(ILogger log, Exception e);
}

namespace Maru.Load.Measuring;

/// <summary>The run's clock: monotonic nanoseconds (the time stamp's unit on Linux, checked at start).</summary>
internal static class Ticks
{
    public const long PerSecond = 1_000_000_000;
    public const long PerMillisecond = 1_000_000;

    public static long Now => TimeProvider.System.GetTimestamp();

    public static long FromSeconds(double seconds) => (long)(seconds * PerSecond);

    /// <summary>Waits until that time, or until it is cancelled.</summary>
    public static async Task UntilAsync(long time, CancellationToken ct)
    {
        var wait = (time - Now) / (double)PerMillisecond;
        if (wait <= 0) return;
        await Task.Delay(TimeSpan.FromMilliseconds(wait), TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

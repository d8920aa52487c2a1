namespace Maru.Load.Measuring;

/// <summary>The run's clock: monotonic nanoseconds (the time stamp's unit on Linux, checked at start).</summary>
internal static class Ticks
{
    public const long PerSecond = 1_000_000_000;
    public const long PerMillisecond = 1_000_000;

    public static long Now => TimeProvider.System.GetTimestamp();

    public static long FromSeconds(double seconds) => (long)(seconds * PerSecond);
}

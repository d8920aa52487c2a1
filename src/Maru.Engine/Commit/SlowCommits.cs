namespace Maru.Engine.Commit;

/// <summary>
/// Tells the log that commits take long: the first at once, and then at most one line in ten seconds for all since. One thread.
/// </summary>
internal sealed class SlowCommits(EngineLog log, TimeProvider time)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // A few milliseconds are usual; with a quarter of a second people begin to see that a message waits.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(250);

    private long? _toldAt;
    private int _slow;
    private TimeSpan _longest;

    /// <summary>Notes how long a commit took.</summary>
    public void Took(TimeSpan elapsed)
    {
        if (elapsed < Bound) return;
        _slow++;
        if (elapsed > _longest) _longest = elapsed;
        var now = time.GetTimestamp();
        if (_toldAt is { } told && time.GetElapsedTime(told, now) < Every) return;
        log.CommitsAreSlow((int)Bound.TotalMilliseconds, _slow, (long)_longest.TotalMilliseconds);
        (_toldAt, _slow, _longest) = (now, 0, TimeSpan.Zero);
    }
}

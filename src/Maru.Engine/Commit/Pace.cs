namespace Maru.Engine.Commit;

/// <summary>
/// How long a commit waits for more to write. A transaction, a lane's wake and a socket's write cost nearly the same for one message as for
/// many, so while the cores are busy a wait of some milliseconds saves more than it takes. The wait grows with the process's share of the
/// cores, counts from the beginning of the last commit, and ends early when nothing more comes. Commit loop only.
/// </summary>
/// <param name="longest">the wait when the cores are fully used; zero: never waits</param>
/// <param name="time">for the waits</param>
/// <param name="used">the process's CPU time so far</param>
/// <param name="cores">how many it may use</param>
internal sealed class Pace(TimeSpan longest, TimeProvider time, Func<TimeSpan> used, int cores)
{
    private const double BusyFrom = 0.35;       // share of the cores: below it nothing waits
    private const double FullFrom = 0.75;       // the rest belongs to the kernel and to whoever shares the machine
    private const int Plenty = 1024;            // drafts: the fixed costs no longer count

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private long _lookedAt = time.GetTimestamp();
    private TimeSpan _usedThen = used();
    private long _began;

    /// <summary>The least time from the beginning of one commit to that of the next; zero while the cores are not busy.</summary>
    public TimeSpan Interval { get; private set; }

    /// <summary>Returns when a commit is due: drafts wait, and waiting for more would not pay. Returns too when no more can come.</summary>
    public void Wait(CommitQueue queue)
    {
        var waiting = queue.WaitFor(1, Timeout.InfiniteTimeSpan);
        Look();
        while (waiting is > 0 and < Plenty && time.GetElapsedTime(_began) < Interval)
        {
            var now = queue.WaitFor(Plenty, Step);
            if (now == waiting) break;
            waiting = now;
        }

        _began = time.GetTimestamp();
    }

    private void Look()
    {
        var passed = time.GetElapsedTime(_lookedAt);
        if (passed < LookEvery) return;
        var usedNow = used();
        var share = (usedNow - _usedThen) / passed / cores;
        Interval = longest * Math.Clamp((share - BusyFrom) / (FullFrom - BusyFrom), 0, 1);
        (_lookedAt, _usedThen) = (time.GetTimestamp(), usedNow);
    }
}

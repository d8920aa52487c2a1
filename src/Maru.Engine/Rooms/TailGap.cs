namespace Maru.Engine.Rooms;

/// <summary>
/// Fills gaps in a room's tail. A gap behind which entries of another node came early is waited for first: the missing ones are most likely
/// on their way. Then it is read from the store, one read at a time; a read that brought the tail no further (the store is away, or not so
/// far yet) is repeated after a delay that grows each time. Lane only.
/// </summary>
internal sealed class TailGap(Room room, RoomTail tail, LogPageReader pages)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(4);

    private bool _isBusy;       // waits or reads
    private bool _isBehind;     // a read ended before the newest known seq: the rest is not on its way
    private long _readAfter = -1;
    private long _readFor;
    private TimeSpan _delay;

    /// <summary>Begins to fill the gap, if there is one and nothing is under way.</summary>
    /// <param name="atOnce">true: the missing entries are not on their way</param>
    public void Fill(bool atOnce = false)
    {
        if (_isBusy) return;
        if (!tail.HasGap)
        {
            _isBehind = false;
            return;
        }

        _isBusy = true;
        var after = tail.Next - 1;
        _delay = after > _readAfter
            ? (atOnce || _isBehind ? TimeSpan.Zero : pages.Patience)
            : TimeSpan.FromTicks(Math.Clamp(2 * _delay.Ticks, FirstDelay.Ticks, LongestDelay.Ticks));
        if (_delay == TimeSpan.Zero) Read(after);
        else pages.WaitForGap(room, after, _delay);
    }

    /// <summary>The wait for the entries behind <paramref name="after"/> is over. If they came, another gap has its own wait.</summary>
    public void Waited(long after)
    {
        if (tail.HasGap && tail.Next - 1 == after)
        {
            Read(after);
            return;
        }

        pages.CountFilled("bus");
        _isBusy = false;
        Fill();
    }

    /// <summary>Called when the read has ended, with the page or without it.</summary>
    public void Take(LogPage page)
    {
        (_isBusy, _isBehind) = (false, page.Entries is [.., var last] && last.Seq < _readFor);
        if (page.Failed) return;
        if (page.Entries.Count == 0) tail.Forget(_readFor);
        else pages.CountFilled("store");
    }

    private void Read(long after)
    {
        (_readAfter, _readFor) = (after, tail.Known);
        pages.ReadGap(room, after);
    }
}

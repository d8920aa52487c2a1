namespace Maru.Engine.Rooms;

/// <summary>
/// Brings what a room's tail misses. What came out of order from another node is waited for first: it is most likely on its way. Then it is
/// read from the store, one read at a time; a read that brought the tail no further (the store is away, or not so far yet) is repeated
/// after a while, each time a longer one. Lane only.
/// </summary>
internal sealed class TailGap(Room room, RoomTail tail, PageReader pages)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(4);

    private bool _isBusy;       // waits or reads
    private bool _isBehind;     // a read ended before what is known of: the rest is not on its way
    private long _readAfter = -1;
    private long _readFor;
    private TimeSpan _delay;

    /// <summary>Begins, if there is a gap and nothing is under way.</summary>
    /// <param name="atOnce">what is missing is not on its way</param>
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

    /// <summary>The wait for what is behind <paramref name="after"/> is over. If it came, another gap has its own time.</summary>
    public void Waited(long after)
    {
        if (tail.HasGap && tail.Next - 1 == after)
        {
            Read(after);
            return;
        }

        _isBusy = false;
        Fill();
    }

    /// <summary>The read has ended, with whatever it brought.</summary>
    public void Take(Page page)
    {
        (_isBusy, _isBehind) = (false, page.Entries is [.., var last] && last.Seq < _readFor);
        if (!page.Failed && page.Entries.Count == 0) tail.Forget(_readFor);
    }

    private void Read(long after)
    {
        (_readAfter, _readFor) = (after, tail.Known);
        pages.ReadGap(room, after);
    }
}

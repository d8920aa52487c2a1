namespace Maru.Engine.Rooms;

/// <summary>
/// Reads from the store what a room's tail misses, one read at a time. A read that brought the tail no further (the store is away, or not so far yet) is repeated after a
/// while, each time a longer one. Lane only.
/// </summary>
internal sealed class TailGap(Room room, RoomTail tail, PageReader pages)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(4);

    private bool _isReading;
    private long _readAfter = -1;
    private long _readFor;
    private TimeSpan _delay;

    /// <summary>Reads on, if there is a gap and no read is under way.</summary>
    public void Fill()
    {
        if (_isReading || !tail.HasGap) return;
        var after = tail.Next - 1;
        _delay = after > _readAfter ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Clamp(2 * _delay.Ticks, FirstDelay.Ticks, LongestDelay.Ticks));
        (_isReading, _readAfter, _readFor) = (true, after, tail.Known);
        pages.ReadGap(room, after, _delay);
    }

    /// <summary>The read has ended, with whatever it brought.</summary>
    public void Take(Page page)
    {
        _isReading = false;
        if (!page.Failed && page.Entries.Count == 0) tail.Forget(_readFor);
    }
}

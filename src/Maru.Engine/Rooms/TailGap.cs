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
    private TimeSpan _delay;
    private long _head;

    /// <summary>The log goes so far; what the tail misses up to there is read.</summary>
    public void FillTo(long head)
    {
        _head = Math.Max(_head, head);
        Fill();
    }

    /// <summary>Reads on, if there is a gap and no read is under way.</summary>
    public void Fill()
    {
        if (_isReading || (!tail.HasGap && tail.Next > _head)) return;
        var after = tail.Next - 1;
        _delay = after > _readAfter ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Clamp(2 * _delay.Ticks, FirstDelay.Ticks, LongestDelay.Ticks));
        (_isReading, _readAfter) = (true, after);
        pages.ReadGap(room, after, _delay);
    }

    /// <summary>The read has ended, with whatever it brought.</summary>
    public void Read() => _isReading = false;
}

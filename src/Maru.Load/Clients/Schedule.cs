namespace Maru.Load.Clients;

/// <summary>
/// The schedule of one loop's messages in an open loop: evenly spaced, dealt to its senders in turn. It never waits for the server, so a
/// stalled server does not hide its stall (no coordinated omission). One thread.
/// </summary>
internal struct Schedule(long start, long end, double nanosecondsApart, double offset)
{
    private long _index;

    public readonly long Next
    {
        get
        {
            var due = start + (long)((_index + offset) * nanosecondsApart);
            return due < end ? due : long.MaxValue;
        }
    }

    /// <summary>Takes the next message if it is due; returns its time and its turn (to be taken modulo the senders).</summary>
    public bool TryTake(long now, out long scheduled, out long turn)
    {
        scheduled = Next;
        turn = _index;
        if (scheduled > now) return false;
        _index++;
        return true;
    }
}

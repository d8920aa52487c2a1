namespace Maru.Load.Measuring;

/// <summary>
/// The silence of one client: the time that it got nothing although a message was due. It counts from the last delivery, or from the time
/// at which the message that ends it was due if that was later, to that message's delivery. A quiet room is no silence. One caller.
/// </summary>
internal struct Silence
{
    private long _last;     // the latest delivery

    /// <summary>Longest one, in nanoseconds.</summary>
    public long Longest { get; private set; }

    /// <summary>
    /// Takes a delivery that was due at the given time; 0 = an entry that no schedule has. Only messages due from <paramref name="from"/>
    /// to <paramref name="until"/> count.
    /// </summary>
    public void Heard(long scheduled, long now, long from, long until)
    {
        if (now == _last) return; // the same read
        if (scheduled >= from && scheduled < until) Longest = Math.Max(Longest, now - Math.Max(scheduled, _last));
        _last = now;
    }

    /// <summary>Ends the silence of a client that gets nothing more, although a message was due.</summary>
    public void End(long now, long from) => Longest = Math.Max(Longest, now - Math.Max(_last, from));
}

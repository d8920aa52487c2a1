namespace Maru.Load.Measuring;

/// <summary>
/// How long one client heard nothing although something was due:
/// from the last delivery, or from the moment at which the message that ends the silence was due if that was later,
/// to that message's delivery.
/// A quiet room is no silence.
/// One caller.
/// </summary>
internal struct Silence
{
    private long _last;     // the latest delivery

    /// <summary>Longest one, in nanoseconds.</summary>
    public long Longest { get; private set; }

    /// <summary>
    /// A message came that was due at the given moment; 0 = an entry that nobody scheduled.
    /// Only what was due from <paramref name="from"/> to <paramref name="until"/> counts.
    /// </summary>
    public void Heard(long scheduled, long now, long from, long until)
    {
        if (now == _last) return; // the same read
        if (scheduled >= from && scheduled < until) Longest = Math.Max(Longest, now - Math.Max(scheduled, _last));
        _last = now;
    }

    /// <summary>Nothing will come any more, although something was due.</summary>
    public void End(long now, long from) => Longest = Math.Max(Longest, now - Math.Max(_last, from));
}

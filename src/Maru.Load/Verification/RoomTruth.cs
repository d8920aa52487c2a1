namespace Maru.Load.Verification;

/// <summary>
/// A room's messages of the run, by seq: who sent each, when it was due and when it was seen first. It was committed between these two
/// times; commits are in the order of seqs.
/// </summary>
internal sealed class RoomTruth
{
    private readonly List<(long Seq, int Sender, long Due)> _found = [];
    private readonly List<(long Seq, long At)> _seen = [];

    /// <summary>Takes a message of the history, in order.</summary>
    public void Found(long seq, MessageText text) => _found.Add((seq, text.Sender, text.Scheduled));

    /// <summary>Takes the time at which a seq was seen for the first time. Any thread.</summary>
    public void Seen(long seq, long at)
    {
        lock (_seen) _seen.Add((seq, at));
    }

    /// <summary>Returns the messages that somebody else than the person sent.</summary>
    public OthersMessages OfOthers(int person)
    {
        var others = _found.Where(x => x.Sender != person).ToArray();
        var (seqs, due, seen) = (new long[others.Length], new long[others.Length], new long[others.Length]);
        var latest = 0L;
        for (var i = 0; i < others.Length; i++) (seqs[i], due[i]) = (others[i].Seq, latest = Math.Max(latest, others[i].Due));
        var sights = _seen.OrderByDescending(x => x.Seq).ToArray();
        var (first, next) = (long.MaxValue, 0);
        for (var i = others.Length - 1; i >= 0; i--)
        {
            for (; next < sights.Length && sights[next].Seq >= seqs[i]; next++) first = Math.Min(first, sights[next].At);
            seen[i] = first;
        }

        return new OthersMessages(seqs, due, seen);
    }
}

/// <summary>Messages of others in a room, in order.</summary>
/// <param name="Seqs">their seqs</param>
/// <param name="Due">committed at this time or later</param>
/// <param name="Seen">committed at this time or earlier</param>
internal sealed record OthersMessages(long[] Seqs, long[] Due, long[] Seen)
{
    /// <summary>Returns how many there are up to a seq.</summary>
    public int UpTo(long seq)
    {
        var at = Array.BinarySearch(Seqs, seq);
        return at >= 0 ? at + 1 : ~at;
    }
}

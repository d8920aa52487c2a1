using Maru.Load.Verification;

namespace Maru.Load.Readers;

/// <summary>
/// What a person had not read in a room, at every time of the run, as far as the run knows it: the least and the most that it may have
/// been.
/// </summary>
internal sealed class UnreadTruth
{
    private readonly OthersMessages _others;
    private readonly IReadOnlyList<Move> _moves;
    private readonly List<(long From, int Least, int Most)> _spans = [];   // each until the next one begins
    private readonly List<long> _from = [];     // theirs

    /// <param name="others">the messages that count</param>
    /// <param name="moves">the person's positions, in order; the first from the beginning</param>
    public UnreadTruth(OthersMessages others, IReadOnlyList<Move> moves)
    {
        (_others, _moves) = (others, moves);
        var times = others.Due.Concat(others.Seen).Concat(moves.SelectMany(x => (long[])[x.SentAt, x.DoneAt]));
        var (due, seen, first, last) = (0, 0, 0, 0);
        foreach (var time in times.Where(x => x < long.MaxValue).Append(0).Distinct().Order())
        {
            while (due < others.Due.Length && others.Due[due] <= time) due++;
            while (seen < others.Seen.Length && others.Seen[seen] <= time) seen++;
            while (last + 1 < moves.Count && moves[last + 1].SentAt <= time) last++;
            while (first < last && moves[first + 1].DoneAt <= time) first++;
            var (least, most) = (int.MaxValue, 0);
            for (var i = first; i <= last; i++)
            {
                var read = others.UpTo(moves[i].Seq);
                (least, most) = (Math.Min(least, Math.Max(0, seen - read)), Math.Max(most, Math.Max(0, due - read)));
            }

            _spans.Add((time, least, most));
            _from.Add(time);
        }
    }

    /// <summary>What it is at the end, exactly.</summary>
    public long Final => _others.Seqs.Length - _others.UpTo(_moves[^1].Seq);

    /// <summary>Returns whether that many were unread up to that entry, at a position that the person had by then.</summary>
    public bool WasEver(Told told) =>
        _moves.Any(x => x.SentAt <= told.At && Math.Max(0, _others.UpTo(told.LastSeq) - _others.UpTo(x.Seq)) == told.Unread);

    /// <summary>Returns how long, at most, a number that was shown had not been true.</summary>
    /// <param name="unread">the number</param>
    /// <param name="from">since when it was shown</param>
    /// <param name="until">until when</param>
    public long WrongFor(long unread, long from, long until)
    {
        var at = _from.BinarySearch(from);
        if (at < 0) at = ~at - 1;
        if (at < 0) return 0;
        var since = -1L;        // of the stretch in which it is not true
        var before = at;
        while (before >= 0 && !IsTrue(before)) since = _spans[before--].From;
        if (before < 0) since = from;   // never before: that of a position with that of a later head, say
        var worst = 0L;
        for (; at < _spans.Count && (_spans[at].From < until || since >= 0); at++)
        {
            var end = Math.Min(until, at + 1 < _spans.Count ? _spans[at + 1].From : long.MaxValue);
            if (IsTrue(at)) since = -1;
            else if (since < 0) since = _spans[at].From;
            if (since >= 0) worst = Math.Max(worst, end - since);
            if (end >= until) break;
        }

        return worst;

        bool IsTrue(int i) => unread >= _spans[i].Least && unread <= _spans[i].Most;
    }

    /// <summary>
    /// Returns the time since which an event that goes on from one seq to another was due; -1: it brings no message of others.
    /// </summary>
    public long DueSince(long before, long seq) => _others.UpTo(before) is var at && at < _others.UpTo(seq) ? _others.Seen[at] : -1;
}

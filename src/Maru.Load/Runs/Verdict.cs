using Maru.Load.Clients;
using Maru.Load.Measuring;
using Maru.Load.Readers;
using Maru.Load.Reporting;
using Maru.Load.Scenarios;
using Maru.Load.Verification;

namespace Maru.Load.Runs;

/// <summary>Judges the counts of a run: which checks hold and which do not.</summary>
internal static class Verdict
{
    /// <summary>
    /// Returns the number of entries that members have not got at the end: those skipped, and those between a member's last one and the
    /// room's head.
    /// </summary>
    public static long Lost(IEnumerable<Client> clients, Func<int, long> head)
    {
        long lost = 0;
        foreach (var room in clients.GroupBy(client => client.Room.Index))
        {
            var last = head(room.Key);
            var first = room.Where(client => client.Seq.First >= 0).Select(client => client.Seq.First).DefaultIfEmpty(0).Min();
            foreach (var client in room)
            {
                var seq = client.Seq;
                var begun = seq.Last >= 0;
                lost += seq.Missing + (begun ? Math.Max(0, last - seq.Last) : last == 0 ? 0 : last - first + 1);
                if (client.Room.Start < 0 && seq.First > first) lost += seq.First - first; // all subscribed before the first message
            }
        }

        return lost;
    }

    /// <summary>
    /// Returns the number of clients that at the end are not connected, wait for a response, or are behind their room's head.
    /// </summary>
    public static long Stuck(IEnumerable<Client> clients, Func<int, long> head) =>
        clients.Count(client => !client.IsSettled(head(client.Room.Index)));

    public static IReadOnlyList<Check> Guarantees(Counters c, long lost, long stuck, HistoryFindings? history, ReaderFindings? readers)
    {
        List<Check> checks =
        [
            None("lost", "every member got every entry", lost),
            None("stuck", "every client was connected, answered and up to date at the end", stuck),
            None("duplicates", "no entry came twice", c.Duplicates),
            None("outOfOrder", "no entry came late", c.OutOfOrder),
            None("gaps", "seqs came without a gap", c.Gaps),
            None("foreign", "nothing came from another room", c.Foreign),
            None("altered", "all members got the same message under a seq", c.Altered),
            None("ackConflicts", "each receipt's seq is its message's own", c.AckConflicts),
            None("acksWithoutSeq", "each receipt names a seq", c.AcksWithoutSeq),
            None("refused", "no message was refused", c.Refused),
            None("skipped", "the offered load was offered in full", c.Skipped),
        ];
        if (readers is not null)
        {
            checks.Add(None("unreadWrong", "each unread event told what was so at its lastSeq", readers.Wrong));
            checks.Add(None("unreadAtEnd", "every tab showed at the end what a recount gives", readers.WrongAtEnd));
            checks.Add(None("unreadOverRest", "REST told everybody at the end what a recount gives", readers.WrongOverRest));
            checks.Add(None("listenersStuck", "every tab and stream was open at the end", readers.NotOpen));
            checks.Add(None("streamLost", "every stream of a room got every entry", readers.StreamLost));
            checks.Add(None("streamDisorder", "no entry came twice or late on a stream", readers.StreamDisorder));
        }

        if (history is null) return checks;
        checks.Add(None("acknowledgedButMissing", "every acknowledged message is in the history", history.Missing));
        checks.Add(None("historyAltered", "the history holds the texts that were sent", history.Altered));
        checks.Add(None("storedTwice", "no message is stored twice", history.StoredTwice));
        checks.Add(None("historyGaps", "the history's seqs are dense", history.Gaps));
        return checks;
    }

    /// <summary>Checks thresholds. A measure that could not be taken holds none.</summary>
    public static IReadOnlyList<Check> Thresholds(IEnumerable<string> thresholds, IReadOnlyDictionary<string, double> measures)
        => [.. thresholds.Select(Threshold.Parse).Select(t => new Check(
            t.Measure,
            t.Demand,
            measures.GetValueOrDefault(t.Measure, double.NaN),
            measures.TryGetValue(t.Measure, out var value) && t.Holds(value)))];

    private static Check None(string name, string demand, long found) => new(name, demand, found, found == 0);
}

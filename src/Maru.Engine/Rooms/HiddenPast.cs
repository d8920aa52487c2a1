using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>
/// What those who joined later do not see of a room that hides its past from them. Entries from before their join are not sent at all; one
/// that came later and is about an earlier message has another in its place, which says no more than that there is one, so that seqs stay
/// without gaps.
/// </summary>
internal static class HiddenPast
{
    /// <summary>Later than any message.</summary>
    public const long Nothing = long.MaxValue;

    /// <summary>Returns the seq of the oldest message that entries of the run are about, or <see cref="Nothing"/>.</summary>
    public static long Oldest(List<Entry> run)
    {
        var oldest = Nothing;
        foreach (var entry in run)
        {
            if (entry.About > 0) oldest = Math.Min(oldest, entry.About);
        }

        return oldest;
    }

    /// <summary>
    /// Counts the entries that are hidden from a member. Of one run they are the same for all members for whom they are as many: who joined
    /// later sees none that is hidden from somebody before.
    /// </summary>
    /// <param name="run">of entries</param>
    /// <param name="start">the index of the first that counts</param>
    /// <param name="joined">the end of the log when the member joined</param>
    public static int Count(List<Entry> run, int start, long joined)
    {
        var count = 0;
        for (var i = start; i < run.Count; i++)
        {
            if (IsHidden(run[i], joined)) count++;
        }

        return count;
    }

    /// <summary>Returns the run as the member sees it.</summary>
    public static List<Entry> Hide(List<Entry> run, long joined)
    {
        List<Entry> seen = new(run.Count);
        foreach (var entry in run) seen.Add(IsHidden(entry, joined) ? Hide(entry) : entry);
        return seen;
    }

    private static bool IsHidden(Entry entry, long joined) => entry.About > 0 && entry.About <= joined;

    private static Entry Hide(Entry entry) =>
        new(entry.Room, entry.Seq, EntryKind.Hidden, EventJson.Entry(EntryKind.Hidden, entry.Room, entry.Seq));
}

using Maru.Engine.Log;
using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// A room's subscriptions that are behind: each reads on at its client's pace, from the tail or else from the store, and at the end of the
/// tail it is live, in the same step. A page of the store is read once for all that wait for it, and makes fresh what the tail has of it.
/// Lane only.
/// </summary>
internal sealed class Cursors(Room room, RoomTail tail, Hub hub, PageReader pages, EngineOptions options)
{
    private readonly List<Entry> _page = [];
    private Dictionary<long, Reading>? _readings;       // by the last seq of the page
    private long _names = room.Names;

    /// <summary>Moves a cursor on as far as its client lets it.</summary>
    public void CatchUp(Subscription subscription, FlushList flush)
    {
        if (subscription.Index < 0 || subscription.IsReading) return;
        var outbox = subscription.Connection.Outbox;
        // Some pages at a time: a client that reads fast must not wait for the lane after each.
        while (subscription.IsCursor && outbox.Bytes < options.OutboxBytes / 2)
        {
            if (!TryGet(subscription, out var run))
            {
                Read(subscription);
                return;
            }

            if (!TrySend(subscription, run, flush)) break;
        }

        if (subscription.IsCursor && !outbox.WhenEmpty(subscription.PostCatchUp) && !outbox.IsClosed) subscription.PostCatchUp();
    }

    /// <summary>
    /// A message was changed, and those who are live know it: nothing older of it is sent from memory, nor what is gone from a page that
    /// was read before.
    /// </summary>
    public void Change(Entry change)
    {
        tail.Change(change);
        hub.Forget();
        if (!change.Kind.RemovesMessage || _readings is null) return;
        foreach (var reading in _readings.Values) reading.Removals.Add(change);
    }

    /// <summary>A page came from the store, for the cursors that wait for it.</summary>
    public void Take(Page page, FlushList flush)
    {
        if (_readings is null || !_readings.Remove(Pages.Last(page.After), out var reading)) return;
        if (page.Failed)
        {
            foreach (var cursor in reading.All) Fail(cursor);
            return;
        }

        List<Subscription> served = [];
        if (!reading.IsSpoiled(page.Entries))
        {
            tail.Refresh(page.Entries, reading.AsOf);
            served = Send(page, reading.Cursors, flush);
        }

        // Those who got nothing go first, and of them the one that is furthest behind: its page has what the others need.
        foreach (var cursor in reading.All.Except(served).OrderBy(x => x.Next).Concat(served))
        {
            cursor.IsReading = false;
            CatchUp(cursor, flush);
        }
    }

    private static void Fail(Subscription cursor)
    {
        cursor.IsReading = false;
        if (cursor.Index >= 0) cursor.Connection.Close(Problem.Unavailable);
    }

    /// <summary>
    /// Each gets the page from where it is, encoded once for all that are at the same place. Returns those who did: a page of large entries
    /// may end before the others.
    /// </summary>
    private List<Subscription> Send(Page page, List<Subscription> cursors, FlushList flush)
    {
        List<Subscription> served = [];
        Dictionary<(WireForm, long), EncodedRun> encoded = [];
        foreach (var cursor in cursors)
        {
            var skip = (int)(cursor.Next - 1 - page.After);
            if (cursor.Index < 0 || skip >= page.Entries.Count) continue;
            if (!encoded.TryGetValue((cursor.Form, cursor.Next), out var run))
                encoded[(cursor.Form, cursor.Next)] = run = cursor.Form.Encode(page.Entries[skip..]);
            TrySend(cursor, run, flush);
            served.Add(cursor);
        }

        return served;
    }

    /// <summary>The cursor's next run from memory; false: only the store has it as it reads now.</summary>
    private bool TryGet(Subscription subscription, out EncodedRun run)
    {
        NoticeNames();
        if (subscription.Form.TryGet(subscription.Next, out run)) return true;
        _page.Clear();
        if (!tail.TryCopy(subscription.Next - 1, _page)) return false;
        run = subscription.Form.GetOrEncode(_page);
        return true;
    }

    private void NoticeNames()
    {
        var names = room.Names;
        if (names == _names) return;
        _names = names;
        tail.ChangeNames();
        hub.Forget();
    }

    /// <summary>The read that is under way is as good as its own, unless it begins further on, or before the last change.</summary>
    private void Read(Subscription subscription)
    {
        var after = subscription.Next - 1;
        subscription.IsReading = true;
        _readings ??= [];
        if (_readings.TryGetValue(Pages.Last(after), out var reading))
        {
            (after >= reading.After && reading.AsOf == tail.Changes ? reading.Cursors : reading.Later).Add(subscription);
            return;
        }

        _readings[Pages.Last(after)] = new Reading(after, tail.Changes) { Cursors = { subscription } };
        pages.Read(room, after);
    }

    /// <summary>
    /// Hands a cursor its next run; at the end of the tail it is live. False: there is no room for it, or the connection is gone.
    /// </summary>
    private bool TrySend(Subscription subscription, in EncodedRun run, FlushList flush)
    {
        if (run.First != subscription.Next)
            throw new InvalidOperationException($"room {room.Id}: a run begins at {run.First}, not at {subscription.Next}");
        var added = subscription.Connection.Outbox.TryAdd(run.Bytes, flush);
        if (added == AddResult.Added) subscription.Next = run.Last + 1;
        hub.SetCursor(subscription, subscription.Next < tail.Next);
        return added == AddResult.Added;
    }

    /// <summary>A page that is being read, and who waits for it.</summary>
    /// <param name="after">where it begins</param>
    /// <param name="asOf">the tail's <see cref="RoomTail.Changes"/> when it was asked for</param>
    private sealed class Reading(long after, long asOf)
    {
        public long After => after;

        public long AsOf => asOf;

        public List<Subscription> Cursors { get; } = [];

        /// <summary>For them it was begun too early, or too far on.</summary>
        public List<Subscription> Later { get; } = [];

        public IEnumerable<Subscription> All => [.. Cursors, .. Later];

        /// <summary>The deletions that were released meanwhile.</summary>
        public List<Entry> Removals { get; } = [];

        /// <summary>The page was read before a deletion, and has what was deleted.</summary>
        public bool IsSpoiled(List<Entry> page)
        {
            foreach (var removal in Removals)
            {
                if (page is [.., var last] && last.Seq >= removal.Seq) continue;
                foreach (var entry in page)
                {
                    if (entry.Seq == removal.Target || entry.Target == removal.Target) return true;
                }
            }

            return false;
        }
    }
}

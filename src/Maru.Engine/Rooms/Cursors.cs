using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Rooms;

/// <summary>
/// A room's subscriptions that are behind: each reads on at its client's pace, from the tail or else from the store, and goes live at the
/// end of the tail, in the same step. A page of the store is read once for all cursors that wait for it, and refreshes the tail's entries.
/// Lane only.
/// </summary>
internal sealed class Cursors(Room room, RoomTail tail, Hub hub, LogPageReader pages, EngineOptions options)
{
    private const int EncodeShare = 1024 * 1024;    // bytes of a page that are encoded at once

    private readonly List<Entry> _page = [];
    private Dictionary<long, Reading>? _readings;       // by the last seq of the page
    private long _names = room.Names;

    /// <summary>Moves a cursor on as far as its client's outbox lets it.</summary>
    public void CatchUp(Subscription subscription, FlushList flush)
    {
        if (subscription.Index < 0 || subscription.IsReading) return;
        var outbox = subscription.Connection.Outbox;
        // Several pages at a time: a client that reads fast must not wait for the lane after each.
        while (subscription.IsCursor && outbox.Bytes < options.OutboxBytes / 2 && !outbox.IsFull)
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
    /// Called when a message was changed and live subscriptions know it: older entries about it are not sent from memory any more, nor
    /// deleted text from a page that was read before.
    /// </summary>
    public void Change(Entry change)
    {
        tail.Change(change);
        hub.Forget();
        if (!change.Kind.RemovesMessage || _readings is null) return;
        foreach (var reading in _readings.Values) reading.Removals.Add(change);
    }

    /// <summary>
    /// Sends a page of the store to the cursors that wait for it. Where too much would have to be encoded at once it goes on at its next
    /// turn.
    /// </summary>
    public void Take(LogPage page, FlushList flush)
    {
        var key = LogPages.Last(page.After);
        if (_readings is null || !_readings.TryGetValue(key, out var reading)) return;
        if (page.Failed)
        {
            _readings.Remove(key);
            foreach (var cursor in reading.All) Fail(cursor);
            return;
        }

        if (!reading.IsSpoiled(page.Entries))
        {
            if (reading.Served.Count == 0) tail.Refresh(page.Entries, reading.AsOf);
            Send(page, reading, flush);
            if (reading.Cursors.Count > 0)
            {
                room.Lane.Post(page);
                return;
            }
        }

        // Cursors that got nothing go first, and of them the one that is furthest behind: its page has what the others need.
        _readings.Remove(key);
        foreach (var cursor in reading.Unserved.OrderBy(x => x.Next).Concat(reading.Served))
        {
            cursor.IsReading = false;
            cursor.PostCatchUp();
        }
    }

    private static void Fail(Subscription cursor)
    {
        cursor.IsReading = false;
        if (cursor.Index >= 0) cursor.Connection.Close(Problem.Unavailable);
    }

    /// <summary>
    /// Sends each waiting cursor the page from where it is, encoded once for all that are at the same seq, up to a bound. A page of large
    /// entries may end before some: they get nothing.
    /// </summary>
    private void Send(LogPage page, Reading reading, FlushList flush)
    {
        var share = EncodeShare;
        Dictionary<(WireForm, long, int), EncodedRun> encoded = [];
        while (share > 0 && reading.TryTake(out var cursor))
        {
            var skip = (int)(cursor.Next - 1 - page.After);
            if (cursor.Index < 0 || skip >= page.Entries.Count)
            {
                reading.Later.Add(cursor);
                continue;
            }

            reading.Served.Add(cursor);
            if (cursor.Connection.Outbox.IsFull) continue;
            var joined = cursor.HiddenUpTo;
            var hidden = joined > 0 ? HiddenPast.Count(page.Entries, skip, joined) : 0;
            if (!encoded.TryGetValue((cursor.Form, cursor.Next, hidden), out var run))
            {
                var entries = page.Entries[skip..];
                run = cursor.Form.Encode(hidden > 0 ? HiddenPast.Hide(entries, joined) : entries);
                share -= run.Bytes.Length;
                if (cursor.Form.Users > 1) encoded[(cursor.Form, cursor.Next, hidden)] = run;
            }

            TrySend(cursor, run, flush);
        }
    }

    /// <summary>Gets the cursor's next run from memory; false: it must be read from the store.</summary>
    private bool TryGet(Subscription subscription, out EncodedRun run)
    {
        NoticeNames();
        var hidden = subscription.HiddenUpTo;
        if (hidden == 0 && subscription.Form.TryGet(subscription.Next, out run)) return true;
        run = default;
        _page.Clear();
        if (!tail.TryCopy(subscription.Next - 1, _page)) return false;
        run = hidden == 0 ? subscription.Form.GetOrEncode(_page) : subscription.Form.GetOrEncode(_page, hidden);
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

    /// <summary>Waits for the read that is under way, unless it begins further on, or before the last change; else begins one.</summary>
    private void Read(Subscription subscription)
    {
        var after = subscription.Next - 1;
        subscription.IsReading = true;
        _readings ??= [];
        if (_readings.TryGetValue(LogPages.Last(after), out var reading))
        {
            (after >= reading.After && reading.AsOf == tail.Changes ? reading.Cursors : reading.Later).Add(subscription);
            return;
        }

        _readings[LogPages.Last(after)] = new Reading(after, tail.Changes) { Cursors = { subscription } };
        pages.Read(room, after);
    }

    /// <summary>
    /// Sends a cursor its next run; at the end of the tail it goes live. False: there is no room for the run, or the connection is gone.
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

    /// <summary>A page that is being read, and the cursors that wait for it.</summary>
    /// <param name="after">the seq behind which it begins</param>
    /// <param name="asOf">the tail's <see cref="RoomTail.Changes"/> when it was asked for</param>
    private sealed class Reading(long after, long asOf)
    {
        public long After => after;

        public long AsOf => asOf;

        /// <summary>Cursors that have not had their turn.</summary>
        public List<Subscription> Cursors { get; } = [];

        public List<Subscription> Served { get; } = [];

        /// <summary>Cursors that need another read: this one began too early, or too far on, or ended too early.</summary>
        public List<Subscription> Later { get; } = [];

        public IEnumerable<Subscription> Unserved => [.. Cursors, .. Later];

        public IEnumerable<Subscription> All => [.. Unserved, .. Served];

        public bool TryTake([NotNullWhen(true)] out Subscription? cursor)
        {
            cursor = Cursors.Count > 0 ? Cursors[^1] : null;
            if (cursor is not null) Cursors.RemoveAt(Cursors.Count - 1);
            return cursor is not null;
        }

        /// <summary>The deletions that were released during the read.</summary>
        public List<Entry> Removals { get; } = [];

        /// <summary>Returns whether the page was read before a deletion and has the deleted text.</summary>
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

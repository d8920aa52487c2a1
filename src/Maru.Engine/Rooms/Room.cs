using Maru.Engine.Fanout;
using Maru.Engine.Sessions;

namespace Maru.Engine.Rooms;

/// <summary>
/// A room that someone on this node uses: its recent log, who listens, and whose rights are known. Everything happens in its lane, but for the two members that
/// say otherwise.
/// </summary>
internal sealed class Room
{
    private readonly RoomTable _table;
    private readonly PageReader _pages;
    private readonly EngineOptions _options;
    private readonly RoomTail _tail;
    private readonly TailGap _gap;
    private readonly Hub _hub;
    private readonly Dictionary<UserId, Membership> _members = [];
    private readonly List<Entry> _released = [];
    private readonly List<Entry> _page = [];
    private Dictionary<long, List<Subscription>>? _reading;
    private bool _ready;
    private bool _unloaded;
    private long _membersChanged;   // seq of the last such entry that was released here
    private long _revoked;          // seq of the last removal that was committed; under the members' lock

    public Room(RoomId id, Lane lane, RoomTable table, PageReader pages, EngineOptions options, EngineClock clock, EngineMetrics metrics)
    {
        (Id, Lane, _table, _pages, _options) = (id, lane, table, pages, options);
        _tail = new RoomTail(options, clock);
        _gap = new TailGap(this, _tail, pages);
        _hub = new Hub(id, metrics);
    }

    public RoomId Id { get; }

    public Lane Lane { get; }

    /// <summary>Any thread, after the commit: takes a member's rights (null: everyone's) away at once, ahead of the entry that says so.</summary>
    public void Revoke(UserId? user, long seq)
    {
        lock (_members)
        {
            _revoked = Math.Max(_revoked, seq);
            foreach (var membership in _members.Values)
            {
                if ((user is null || membership.User == user) && membership.AsOf < seq) membership.IsActive = false;
            }
        }
    }

    /// <summary>
    /// Gives a session its user's membership. What was read from the store is as of one moment: if membership changed since, it must be read again (null and
    /// <see cref="Entering.ReadAgain"/>).
    /// </summary>
    public Membership? Enter(Entering entering, FlushList flush)
    {
        // The last one left just now: committed entries no longer come here, another room object takes over.
        entering.ReadAgain = _unloaded;
        if (_unloaded) return null;
        if (!_ready)
        {
            // Room entries that were committed after the head was read wait in the tail and come out now.
            _ready = true;
            _tail.Start(entering.State.Head, _released);
            Release(flush);
        }

        lock (_members)
        {
            if (!_members.TryGetValue(entering.User, out var membership) || !membership.IsActive)
            {
                // A removal that was committed after the store was read, and is not here yet, must not be overtaken.
                entering.ReadAgain = entering.State.Head < Math.Max(_membersChanged, _revoked);
                membership = entering.ReadAgain || !entering.State.IsMember ? null : new Membership(this, entering.User, entering.State.Head);
                if (membership is not null) _members[entering.User] = membership;
            }

            if (membership is not null)
            {
                membership.Holders++;
                return membership;
            }
        }

        Unload();
        return null;
    }

    /// <summary>A session that was about to enter could not: the room goes, if nobody else is in it.</summary>
    public void GiveUp() => Unload();

    /// <summary>A session needs the membership no longer.</summary>
    public void Leave(Membership membership)
    {
        if (--membership.Holders > 0) return;
        if (_members.TryGetValue(membership.User, out var current) && current == membership)
        {
            lock (_members) _members.Remove(membership.User);
        }

        Unload();
    }

    /// <summary>Takes committed entries, in any order, and delivers what is next.</summary>
    public void Apply(List<Entry> entries, FlushList flush)
    {
        foreach (var entry in entries)
        {
            if (_ready) _tail.Offer(entry, _released);
            else _tail.Hold(entry);
        }

        Release(flush);
        if (!_ready) return;
        // The last subscriptions may have ended just now, after their member's sessions had left already.
        Unload();
        if (!_unloaded) _gap.Fill();
    }

    /// <summary>
    /// Adds a subscription. A client may know more than this lane: it read the history, or was on another node, before the commit came here. Then the store is asked
    /// first, so that nothing comes twice; an <c>after</c> beyond the store's end too means the end.
    /// </summary>
    public void Subscribe(Subscribing subscribing, FlushList flush)
    {
        if (subscribing.Subscription.Signal is null && subscribing.After >= _tail.Next) _pages.Read(this, _tail.Next - 1, subscribing);
        else Begin(subscribing, flush);
    }

    public void Unsubscribe(Unsubscribing unsubscribing, FlushList flush)
    {
        unsubscribing.Subscription.IsEnded = true;
        _hub.Remove(unsubscribing.Subscription);
        unsubscribing.Done(flush);
    }

    public void Deliver(SignalFrame signal, FlushList flush) => _hub.Deliver(signal, flush);

    /// <summary>Moves a cursor on: a page from the tail, or else from the store; at the end of the tail it is live, in the same step.</summary>
    public void CatchUp(Subscription subscription, FlushList flush)
    {
        if (subscription.Index < 0 || subscription.IsReading) return;
        var outbox = subscription.Connection.Outbox;
        // Some pages at a time: a client that reads fast must not wait for the lane after each.
        while (subscription.IsCursor && outbox.Bytes < _options.OutboxBytes / 2)
        {
            if (!subscription.Form.TryGet(subscription.Next, out var run))
            {
                _page.Clear();
                if (!_tail.TryCopy(subscription.Next - 1, _page))
                {
                    Read(subscription);
                    return;
                }

                run = subscription.Form.Encode(_page);
            }

            if (!TrySend(subscription, run, flush)) break;
        }

        if (subscription.IsCursor && !outbox.WhenEmpty(subscription) && !outbox.IsClosed) subscription.PostCatchUp();
    }

    /// <summary>A page came from the store, for every cursor that waits at its beginning, or to fill a gap in the tail.</summary>
    public void TakePage(Page page, FlushList flush)
    {
        // The store is ahead of the lane: a cursor must not be sent what the others, and the live run that it joins, do not have yet.
        var isAhead = page.Entries is [.., var last] && last.Seq >= _tail.Next;
        if (page.FillsGap) _gap.Read();
        if (page.FillsGap || isAhead) Apply(page.Entries, flush);
        if (page.For is not null)
        {
            if (page.Failed) page.For.Refuse(Problem.Unavailable, flush);
            else if (page.Entries.Count > 0) Subscribe(page.For, flush);
            else Begin(page.For, flush);
            return;
        }

        if (_reading is null || !_reading.Remove(page.After, out var cursors)) return;
        foreach (var cursor in cursors)
        {
            cursor.IsReading = false;
            if (cursor.Index < 0) continue;
            if (page.Failed) cursor.Connection.Fail(Problem.Unavailable);
            else TakePage(cursor, page.Entries, flush);
        }
    }

    private void Begin(Subscribing subscribing, FlushList flush)
    {
        var subscription = subscribing.Subscription;
        if (subscription.Membership.IsActive && !subscription.IsEnded)
        {
            _hub.Add(subscription);
            subscription.Next = Math.Min(subscribing.After ?? long.MaxValue, _tail.Next - 1) + 1;
            _hub.SetCursor(subscription, subscription.Signal is null && subscription.Next < _tail.Next);
        }
        else
        {
            subscription.IsEnded = true;
        }

        subscribing.Done(flush);
        if (subscription.IsCursor) CatchUp(subscription, flush);
    }

    private void TakePage(Subscription cursor, List<Entry> page, FlushList flush)
    {
        if (page.Count > 0) TrySend(cursor, cursor.Form.TryGet(page[0].Seq, out var run) ? run : cursor.Form.Encode(page), flush);
        CatchUp(cursor, flush);
    }

    /// <summary>Hands a cursor its next run; at the end of the tail it is live. False: there is no room for it, or the connection is gone.</summary>
    private bool TrySend(Subscription subscription, in EncodedRun run, FlushList flush)
    {
        if (run.First != subscription.Next) throw new InvalidOperationException($"room {Id}: a run begins at {run.First}, not at {subscription.Next}");
        var added = subscription.Connection.Outbox.TryAdd(run.Bytes, flush);
        if (added == AddResult.Added) subscription.Next = run.Last + 1;
        _hub.SetCursor(subscription, subscription.Next < _tail.Next);
        return added == AddResult.Added;
    }

    private void Read(Subscription subscription)
    {
        var after = subscription.Next - 1;
        subscription.IsReading = true;
        _reading ??= [];
        if (_reading.TryGetValue(after, out var cursors))
        {
            cursors.Add(subscription);
            return;
        }

        _reading[after] = [subscription];
        _pages.Read(this, after);
    }

    private void Release(FlushList flush)
    {
        if (_released.Count == 0) return;
        foreach (var entry in _released)
        {
            if (entry.Type is EntryType.MemberJoined or EntryType.MemberLeft or EntryType.RoomDeleted) ChangeMembers(entry);
        }

        _hub.Deliver(_released, flush);
        _released.Clear();
    }

    private void ChangeMembers(Entry entry)
    {
        _membersChanged = entry.Seq;
        if (entry.Type == EntryType.MemberJoined) return;
        // Whoever comes back enters anew: a right that ended never lives again, or a second removal could be overtaken by the joining between the two.
        var user = entry.Type == EntryType.MemberLeft ? entry.Member : null;
        Revoke(user, entry.Seq);
        _hub.RemoveAll(user, entry.Seq);
    }

    private void Unload()
    {
        if (_members.Count > 0 || !_hub.IsEmpty) return;
        _unloaded = true;
        _table.Remove(this);
    }
}

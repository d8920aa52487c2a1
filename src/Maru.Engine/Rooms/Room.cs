using Maru.Engine.Bus;
using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Rooms;

/// <summary>
/// A room that clients of this node use: its recent log (<see cref="RoomTail"/>, <see cref="TailGap"/>), its subscriptions (<see
/// cref="Hub"/>, <see cref="Cursors"/>, <see cref="SignalQueue"/>) and the rights of its members (<see
/// cref="RoomMembers"/>). Lane only, unless a member says otherwise.
/// </summary>
internal sealed class Room
{
    private readonly RoomTable _table;
    private readonly RoomParts _parts;
    private readonly RoomTail _tail;
    private readonly TailGap _gap;
    private readonly Hub _hub;
    private readonly Cursors _cursors;
    private readonly RoomMembers _members;
    private readonly RoomHistory _history;
    private readonly List<Entry> _released = [];
    private long _expected;     // seq of the newest entry that this node was told of
    private readonly WaitingSubscriptions _waiting = new();
    private long _head;         // the end of the log when the store was asked last
    private long _suspected;    // the log's end at the last look, if that was further. Tail watch only
    private RoomEvents? _events;    // once there are some
    private bool _ready;
    private bool _unloaded;

    public Room(RoomId id, Lane lane, RoomTable table, RoomParts parts)
    {
        var (options, pages) = (parts.Options, parts.Pages);
        (Id, Lane, _table, _parts) = (id, lane, table, parts);
        _tail = new RoomTail(options, parts.Clock, parts.Memory);
        _gap = new TailGap(this, _tail, pages);
        _hub = new Hub(id, parts.Metrics, parts.Memory);
        Signals = new SignalQueue(lane, _hub, parts.SignalRate, parts.Metrics);
        _cursors = new Cursors(this, _tail, _hub, pages, options);
        _members = new RoomMembers(this);
        _history = new RoomHistory(_hub);
    }

    /// <summary>Any thread.</summary>
    public RoomId Id { get; }

    /// <summary>Any thread.</summary>
    public Lane Lane { get; }

    public SignalQueue Signals { get; }

    /// <summary>The events that are no entries.</summary>
    public RoomEvents Events => _events ??= new RoomEvents(this, _hub, _parts);

    /// <summary>Who may not write here, as this node knows: the commit knows better, and this is for what is not stored.</summary>
    public Bar Bar { get; private set; }

    /// <summary>True while somebody types.</summary>
    public bool HasTypists => _events is { Typing.HasTypists: true };

    /// <summary>The number of the last message that was released here: unread messages are counted from it.</summary>
    public long Messages { get; private set; }

    /// <inheritdoc cref="RoomHistory.IsHidden"/>
    public bool HidesPast => _history.IsHidden;

    /// <inheritdoc cref="RoomTable.Names"/>
    public long Names => _table.Names;

    /// <summary>
    /// Called after the commit, on any thread: ends at once the rights that these entries end, ahead of the entries themselves.
    /// </summary>
    public void Revoke(List<Entry> run)
    {
        foreach (var entry in run)
        {
            if (entry.Kind.Rights is RightsChange.End or RightsChange.EndAll) _members.Revoke(entry.Member, entry.Seq);
        }
    }

    /// <summary>The newest seq that this node knows of. Any thread.</summary>
    public long Expected => Interlocked.Read(ref _expected);

    /// <summary>The newest seq at the last look of who watches how busy rooms are, who alone uses it; -1: there was none.</summary>
    public long LookedAt { get; set; } = -1;

    /// <summary>Notes that entries up to this seq are on their way to the lane. Any thread.</summary>
    public void Expect(long seq)
    {
        for (var expected = Interlocked.Read(ref _expected); expected < seq; expected = Interlocked.Read(ref _expected))
        {
            if (Interlocked.CompareExchange(ref _expected, seq, expected) == expected) return;
        }
    }

    /// <summary>
    /// Called by the tail watch: returns whether the log has entries of which no node told this one. They may be on their way, so the next
    /// look decides, except while there is no bus.
    /// </summary>
    public bool IsBehind(long head, bool isAlone)
    {
        var expected = Interlocked.Read(ref _expected);
        var isBehind = head > expected && (isAlone || (_suspected > 0 && expected < _suspected));
        _suspected = head > expected ? head : 0;
        return isBehind;
    }

    /// <inheritdoc cref="RoomMembers.Enter"/>
    public Membership? Enter(Entering entering, FlushList flush)
    {
        // The last client left just now: committed entries no longer come here, another room object takes over.
        entering.ReadAgain = _unloaded;
        if (_unloaded) return null;
        Look(entering.State);
        Take(entering.State.Bar);
        if (!_ready)
        {
            // Room entries that were committed after the head was read wait in the tail and come out now.
            _ready = true;
            Messages = entering.State.Head.Messages;
            _tail.Start(entering.State.Head.Seq, _released);
            Expect(entering.State.Head.Seq);
            Release(flush);
        }

        var membership = _members.Enter(entering);
        if (membership is null) Unload();
        if (!_unloaded) _gap.Fill();    // entries that came before it was ready may have a gap
        return membership;
    }

    /// <summary>Notes the room's state as it was read from the store.</summary>
    public void Look(in MembershipState state)
    {
        _head = Math.Max(_head, state.Head.Seq);
        _history.Take(state, _tail.Next);
    }

    /// <summary>Takes who may not write, as it was read or told: of two the later one is right.</summary>
    public void Take(Bar bar)
    {
        if (bar.Changes > Bar.Changes) Bar = bar;
    }

    /// <summary>Called when a client could not enter, and when no event is on its way any more: an unused room is unloaded.</summary>
    public void GiveUp() => Unload();

    /// <inheritdoc cref="RoomMembers.Leave"/>
    public void Leave(Membership membership)
    {
        _members.Leave(membership);
        Unload();
    }

    /// <summary>
    /// Takes committed entries, in any order, and delivers those that come next. Those that come when the room is used no longer are
    /// dropped: nobody would give back their memory.
    /// </summary>
    public void Apply(List<Entry> entries, FlushList flush)
    {
        if (_unloaded) return;
        try
        {
            foreach (var entry in entries)
            {
                if (_ready) _tail.Offer(entry, _released);
                else _tail.Hold(entry);
            }

            Release(flush);
        }
        catch (Exception)
        {
            Recover(entries is [.., var last] ? last.Seq : 0);
            throw;
        }

        if (!_ready) return;
        // The last subscriptions may have ended just now, after their member's clients had left already.
        Unload();
        if (!_unloaded) _gap.Fill();
    }

    /// <summary>Takes the head of a log whose entries did not come.</summary>
    public void CatchUpTo(long head)
    {
        _tail.Know(head);
        if (_ready && !_unloaded) _gap.Fill(atOnce: true);
    }

    /// <inheritdoc cref="Hub.Measure"/>
    public void Measure(string origin, TimeSpan delivery) => _hub.Measure(origin, delivery);

    /// <summary>Gives back what it need not keep.</summary>
    public void Trim()
    {
        _tail.Trim();
        _hub.Forget();
        _events?.Readers.Forget(null);
    }

    /// <inheritdoc cref="Readers.Hear"/>
    public void HearReads(ReaderPositions positions)
    {
        if (_hub.Subscribers > 0) Events.Readers.Hear(positions);
    }

    /// <inheritdoc cref="TailGap.Waited"/>
    public void GapWaited(long after)
    {
        if (!_unloaded) _gap.Waited(after);
    }

    /// <summary>
    /// Adds a subscription. A client that asks for the past gets it as the store had it at that moment, so the subscription waits until the
    /// lane has come to that seq: entries of another node may not be here yet. A client that names a seq beyond the end begins at the end.
    /// </summary>
    public void Subscribe(Subscribing subscribing, FlushList flush)
    {
        if (subscribing.After is null || _head < _tail.Next)
        {
            Begin(subscribing, flush);
            return;
        }

        _waiting.Add(subscribing, _head);
        _tail.Know(_head);
        _gap.Fill();
    }

    public void Unsubscribe(Subscription subscription)
    {
        subscription.IsEnded = true;
        _hub.Remove(subscription);
    }

    /// <inheritdoc cref="Cursors.CatchUp"/>
    public void CatchUp(Subscription subscription, FlushList flush) => _cursors.CatchUp(subscription, flush);

    /// <summary>Takes a page of the store: for the cursors that wait for it, or to fill a gap in the tail.</summary>
    public void TakePage(LogPage page, FlushList flush)
    {
        if (_unloaded) return;
        if (page.FillsGap)
        {
            _gap.Take(page);
            Apply(page.Entries, flush);
            if (page.Entries.Count == 0) EndWaiting(page.Failed, flush);
            return;
        }

        // The store is ahead of the lane: a cursor must not be sent entries that live subscriptions, and the run that it joins, do not have
        // yet.
        if (page.Entries is [.., var last] && last.Seq >= _tail.Next) Apply(page.Entries, flush);
        _cursors.Take(page, flush);
    }

    /// <summary>Ends the wait of all subscriptions: the entries cannot be read (they are refused), or do not exist (they begin).</summary>
    private void EndWaiting(bool failed, FlushList flush)
    {
        foreach (var subscribing in _waiting.TakeUpTo(long.MaxValue))
        {
            if (failed) subscribing.Refuse(Problem.Unavailable, flush);
            else Begin(subscribing, flush);
        }
    }

    private void Begin(Subscribing subscribing, FlushList flush)
    {
        var subscription = subscribing.Subscription;
        if (!_unloaded && subscription.Membership.IsActive && !subscription.IsEnded)
        {
            _hub.Add(subscription);
            var after = Math.Max(Math.Min(subscribing.After ?? long.MaxValue, _tail.Next - 1), subscription.HiddenUpTo);
            subscription.Next = after + 1;
            _hub.SetCursor(subscription, subscription.Signal is null && subscription.Next < _tail.Next);
        }
        else
        {
            subscription.IsEnded = true;
            if (subscription.Connection.Wire.IsOneSubscription) subscription.Connection.Close(Problem.NotFound);
        }

        subscribing.Done(flush);
        if (subscription.IsCursor) subscription.PostCatchUp();
    }

    /// <summary>
    /// Called when entries could not be delivered, because memory has run out for one: what the tail lacks is read from the store, and
    /// subscriptions that lack what the tail has read on there.
    /// </summary>
    private void Recover(long head)
    {
        _released.Clear();
        _hub.LeaveBehind(_tail.Next);
        CatchUpTo(head);
    }

    private void Release(FlushList flush)
    {
        if (_released.Count == 0) return;
        foreach (var entry in _released)
        {
            Messages = Math.Max(Messages, entry.Number);
            if (entry.Kind.Rights != RightsChange.None) ChangeMembers(entry);
            if (entry.Kind == EntryKind.RoomChanged) _history.Take(entry, _tail.Next);
        }

        _hub.Deliver(_released, flush, HidesPast ? HiddenPast.Oldest(_released) : HiddenPast.Nothing);
        foreach (var entry in _released)
        {
            if (entry.Target > 0) _cursors.Change(entry);
        }

        _released.Clear();
        foreach (var subscribing in _waiting.TakeUpTo(_tail.Next - 1)) Begin(subscribing, flush);
    }

    private void ChangeMembers(Entry entry)
    {
        _members.Change(entry.Seq);
        if (entry.Kind.Rights == RightsChange.Begin) return;
        // A user who comes back enters anew: a right that ended never lives again, or a second removal could be overtaken by the joining
        // between the two.
        _members.Revoke(entry.Member, entry.Seq);
        _events?.Leave(entry.Member);
        _hub.RemoveAll(entry.Member, entry.Seq);
    }

    private void Unload()
    {
        if (_unloaded || !_members.IsEmpty || !_hub.IsEmpty || _events is { IsActive: true }) return;
        _unloaded = true;
        _tail.Clear();
        _table.Remove(this);
        // Their clients have left, or lost the room: nothing comes any more for which they could wait.
        using var flush = new FlushList();
        foreach (var subscribing in _waiting.TakeUpTo(long.MaxValue)) Begin(subscribing, flush);
    }
}

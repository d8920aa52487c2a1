using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

internal enum LaneVerb : byte
{
    Committed,
    Enter,
    GiveUp,
    Leave,
    Subscribe,
    Unsubscribe,
    Signal,
    Received,
    Head,
    CatchUp,
    GapWaited,
    Page,
}

/// <summary>One piece of work for a room, done in its lane.</summary>
internal readonly record struct LaneItem(LaneVerb Verb, Room? Room, object Subject);

/// <summary>A room's share of a committed batch: what subscribers see and whom to answer.</summary>
internal sealed record CommittedRun(RoomId Room, List<Entry> Entries, List<Draft> Drafts);

/// <summary>Committed by another node.</summary>
/// <param name="Bytes">what they count for in the <see cref="ReceiveBudget"/></param>
internal sealed record ReceivedRun(List<Entry> Entries, int Bytes);

/// <summary>
/// One loop on a thread of its own that does all work of its rooms, in order: so rooms need no locks. Takes everything that waits as one round and flushes the
/// round's outboxes at its end: the more load, the larger the writes.
/// </summary>
internal sealed class Lane
{
    private readonly Mailbox<LaneItem> _mailbox = new();
    private readonly FlushList _flush = new();
    private readonly RoomTable _rooms;
    private readonly IBackplane _backplane;
    private readonly ReceiveBudget _budget;
    private readonly EngineLog _log;
    private readonly Thread _thread;

    public Lane(int number, RoomTable rooms, IBackplane backplane, ReceiveBudget budget, EngineLog log)
    {
        (_rooms, _backplane, _budget) = (rooms, backplane, budget);
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = $"maru lane {number}" };
    }

    public void Start() => _thread.Start();

    /// <summary>Any thread. False once the server stops: nothing is done any more.</summary>
    public bool Post(in LaneItem item) => _mailbox.Post(item);

    /// <summary>Does what was posted before and ends.</summary>
    public void Stop()
    {
        _mailbox.Complete();
        if (_thread.ThreadState != ThreadState.Unstarted) _thread.Join();
    }

    private void Run()
    {
        List<LaneItem> round = [];
        while (_mailbox.Take(ref round))
        {
            foreach (var item in round)
            {
                try
                {
                    Do(item);
                }
                catch (Exception e)
                {
                    _log.LaneFailed(item.Verb, e);
                }
            }

            round.Clear();
            try
            {
                _flush.Flush();
            }
            catch (AggregateException e)
            {
                _log.FlushFailed(e);
            }
        }
    }

    private void Do(in LaneItem item)
    {
        switch (item.Verb)
        {
            case LaneVerb.Committed:
                var run = (CommittedRun)item.Subject;
                try
                {
                    if (run.Entries.Count > 0 && _rooms.TryGet(run.Room, out var room)) room.Apply(run.Entries, _flush);
                }
                finally
                {
                    // It is committed, whatever became of its delivery: the sender is told.
                    foreach (var draft in run.Drafts) draft.Owner.Settled(draft, _flush);
                }

                break;
            case LaneVerb.Enter:
                var entering = (Entering)item.Subject;
                entering.Complete(item.Room!.Enter(entering, _flush));
                break;
            case LaneVerb.GiveUp:
                item.Room!.GiveUp();
                break;
            case LaneVerb.Leave:
                item.Room!.Leave((Membership)item.Subject);
                break;
            case LaneVerb.Subscribe:
                item.Room!.Subscribe((Subscribing)item.Subject, _flush);
                break;
            case LaneVerb.Unsubscribe:
                item.Room!.Unsubscribe((Unsubscribing)item.Subject, _flush);
                break;
            case LaneVerb.Signal:
                var signal = (SignalFrame)item.Subject;
                if (signal.Origin is { } origin) origin.Landed(signal.Bytes);
                else _budget.Return(signal.Bytes);
                item.Room!.Deliver(signal, _flush);
                if (signal.Origin is not null) _backplane.Publish(item.Room!.Id, signal);
                break;
            case LaneVerb.Received:
                var received = (ReceivedRun)item.Subject;
                _budget.Return(received.Bytes);
                item.Room!.Apply(received.Entries, _flush);
                break;
            case LaneVerb.Head:
                item.Room!.CatchUpTo((long)item.Subject);
                break;
            case LaneVerb.CatchUp:
                item.Room!.CatchUp((Subscription)item.Subject, _flush);
                break;
            case LaneVerb.GapWaited:
                item.Room!.GapWaited((long)item.Subject);
                break;
            case LaneVerb.Page:
                item.Room!.TakePage((Page)item.Subject, _flush);
                break;
        }
    }
}

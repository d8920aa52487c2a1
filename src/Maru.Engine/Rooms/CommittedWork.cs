using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>A room's share of a committed batch: the entries that subscribers see, and the drafts whose owners learn the outcome.</summary>
/// <param name="room">null: no client on this node used it when the batch was committed; those that come later read the store</param>
/// <param name="entries">in seq order</param>
/// <param name="drafts">the drafts, whose owners learn the outcome</param>
/// <param name="metrics">learns how long it took</param>
/// <param name="at">the timestamp since which they are durable; 0: they were refused before</param>
internal sealed class CommittedRun(Room? room, List<Entry> entries, List<Draft> drafts, EngineMetrics metrics, long at = 0) : LaneWork
{
    public override void Do(FlushList flush)
    {
        try
        {
            if (entries.Count > 0) room?.Apply(entries, flush);
            if (room is { HasTypists: true }) StopTyping(room);
        }
        finally
        {
            // The entries are committed even if their delivery failed: the sender is told.
            foreach (var draft in drafts) draft.Settle(flush);
        }
    }

    public override void Written(TimeProvider time)
    {
        var now = time.GetTimestamp();
        if (entries.Count > 0) room?.Measure("here", time.GetElapsedTime(at, now));
        foreach (var draft in drafts)
        {
            if (draft.Trace is { } trace) Trace(trace, draft, now, time);
            if (at == 0 || draft.QueuedAt == 0 || draft.Refusal is not null) continue;
            var transport = EngineMetrics.Transport(draft.Owner.Transport);
            metrics.DurableTime.Record(time.GetElapsedTime(draft.QueuedAt, at).TotalSeconds, transport);
            metrics.ReceiptTime.Record(time.GetElapsedTime(draft.QueuedAt, now).TotalSeconds, transport);
        }
    }

    private void Trace(MessageTrace trace, Draft draft, long now, TimeProvider time)
    {
        if (at > 0 && draft.Refusal is null)
        {
            trace.Add("commit", draft.QueuedAt, at, time);
            if (room is not null) trace.Add("deliver", at, now, time);
        }

        trace.End(draft.Room, draft.Actor, draft.Seq, draft.Refusal?.Problem.Slug, time);
    }

    /// <summary>Who has sent a message has stopped.</summary>
    private void StopTyping(Room here)
    {
        foreach (var draft in drafts)
        {
            if (draft is MessageDraft { Refusal: null }) here.Events.Typing.Stop(draft.Actor);
        }
    }
}

/// <summary>Entries that another node committed.</summary>
/// <param name="bytes">bytes that they count for in the budget until now</param>
/// <param name="at">the timestamp of their arrival</param>
internal sealed class ReceivedRun(Room room, List<Entry> entries, ByteBudget budget, int bytes, long at) : LaneWork
{
    public override void Do(FlushList flush)
    {
        budget.Return(bytes);
        room.Apply(entries, flush);
    }

    public override void Written(TimeProvider time)
    {
        var now = time.GetTimestamp();
        room.Measure("elsewhere", time.GetElapsedTime(at, now));
        foreach (var entry in entries) entry.Trace?.Add("deliver", at, now, time);
    }
}

/// <summary>The head of a room's log, from another node or from the store, without the entries.</summary>
internal sealed class ReceivedHead(Room room, long head) : LaneWork
{
    public override void Do(FlushList flush) => room.CatchUpTo(head);
}

using Maru.Engine.Log;

namespace Maru.Engine.Commit;

/// <summary>
/// Orders a batch for the log. Neighbouring drafts without a transaction form one part, each transaction is a part of its own, and room
/// writes come last of all, so that a message and its sender's removal in one batch cannot end in the wrong order. Commit loop only.
/// </summary>
internal sealed class BatchPlan
{
    private readonly Dictionary<long, RoomBatch> _rooms = [];     // of the part that is being filled
    private readonly List<Draft> _writes = [];
    private readonly List<BatchPart> _parts = [];

    /// <summary>Returns the batch's parts, valid until the next call. Each sender's order is kept.</summary>
    public List<BatchPart> Arrange(List<Draft> drafts)
    {
        _rooms.Clear();
        _writes.Clear();
        _parts.Clear();
        foreach (var draft in drafts)
        {
            if (draft is MessageDraft) Add(draft);
            else if (draft is TransactionDraft transaction) Add(transaction);
            else _writes.Add(draft);
        }

        foreach (var write in _writes) Add(write);
        EndPart(null);
        return _parts;
    }

    private void Add(TransactionDraft transaction)
    {
        EndPart(null);
        foreach (var message in transaction.Messages) Add(message);
        EndPart(transaction);
    }

    private void Add(Draft draft)
    {
        if (!_rooms.TryGetValue(draft.Room.Value, out var batch)) _rooms[draft.Room.Value] = batch = new RoomBatch(draft.Room);
        batch.Drafts.Add(draft);
    }

    private void EndPart(TransactionDraft? transaction)
    {
        if (_rooms.Count == 0) return;
        var rooms = new RoomBatch[_rooms.Count];
        _rooms.Values.CopyTo(rooms, 0);
        Array.Sort(rooms, static (a, b) => a.Room.Value.CompareTo(b.Room.Value));
        _parts.Add(new BatchPart(transaction, rooms));
        _rooms.Clear();
    }
}

namespace Maru.Engine.Log;

/// <summary>Drafts of a batch: independent ones, or one transaction, which is appended whole or not at all.</summary>
public sealed class BatchPart
{
    internal BatchPart(TransactionDraft? transaction, IReadOnlyList<RoomBatch> rooms) => (Transaction, Rooms) = (transaction, rooms);

    /// <summary>The rooms in the order of their ids, each once.</summary>
    public IReadOnlyList<RoomBatch> Rooms { get; }

    /// <summary>True for a transaction: one refusal undoes all of it, see <see cref="IsRefused"/>.</summary>
    public bool IsAtomic => Transaction is not null;

    /// <summary>
    /// True when it is atomic and some draft of it was refused, before the log saw it or by the log: nothing of it may be written.
    /// </summary>
    public bool IsRefused
    {
        get
        {
            if (Transaction is null) return false;
            foreach (var room in Rooms)
            {
                foreach (var draft in room.Drafts)
                {
                    if (draft.Refusal is not null) return true;
                }
            }

            return false;
        }
    }

    internal TransactionDraft? Transaction { get; }
}

/// <summary>A room's share of a part, in the order of its seqs.</summary>
public sealed class RoomBatch(RoomId room)
{
    public RoomId Room { get; } = room;

    public List<Draft> Drafts { get; } = [];
}

using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>
/// An entry that is not stored yet: a message or a change that a user asks to append to a room's log. Goes from the sender to the commit
/// loop to the room's lane; the log sets its outcome, in the commit loop.
/// </summary>
public abstract class Draft(RoomId room, UserId actor, int bytes, IDraftOwner owner)
{
    public RoomId Room { get; } = room;

    /// <summary>The user who acts, as the token says.</summary>
    public UserId Actor { get; } = actor;

    /// <summary>Bytes that it counts for in the bounded queues.</summary>
    public int Bytes { get; } = bytes;

    internal IDraftOwner Owner { get; } = owner;

    /// <summary>Follows it on its way; null: nobody does.</summary>
    internal MessageTrace? Trace { get; set; }

    /// <summary>When it was queued, as a timestamp; 0: it was not, by itself.</summary>
    internal long QueuedAt { get; private set; }

    /// <summary>The reason why it was not appended; null when it was.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>The seq of its entry, or the one that its key got the first time.</summary>
    public long Seq { get; private set; }

    /// <summary>True when the same key had been appended before: nothing was written this time.</summary>
    public bool IsRepeat { get; private set; }

    public void Committed(long seq) => (Seq, IsRepeat) = (seq, false);

    public void Repeated(long seq) => (Seq, IsRepeat) = (seq, true);

    public virtual void Refuse(Refusal refusal) => Refusal = refusal;

    /// <summary>Adds the entries that it became, in seq order; none when it is a repeat or refused.</summary>
    public abstract void CopyEntries(List<Entry> into);

    /// <summary>Called when it goes to the commit loop.</summary>
    internal virtual void Queued(long at) => QueuedAt = at;

    /// <summary>Called by the commit loop before each attempt: forgets an earlier outcome and checks the actor's right.</summary>
    internal virtual void Prepare() => (Refusal, Seq, IsRepeat) = (null, 0, false);

    /// <summary>Called in the room's lane: the outcome is durable and its entries are on their way.</summary>
    internal virtual void Settle(FlushList flush) => Owner.Settled(this, flush);
}

/// <summary>The owner of a draft, who waits for its outcome: a client or a request.</summary>
public interface IDraftOwner
{
    /// <summary>The protocol over which the draft came, for metrics.</summary>
    string Transport => "http";

    /// <summary>Called once, in the room's lane, when the outcome is durable and its entries are on their way. Must not block.</summary>
    void Settled(Draft draft, FlushList flush);
}

using Maru.Engine.Output;
namespace Maru.Engine.Log;

/// <summary>
/// What someone wants to append to a room's log. Lives from the sender to the commit loop to the room's lane; its outcome is set by the log, in the commit loop.
/// </summary>
public abstract class Draft(RoomId room, UserId actor, int bytes, IDraftOwner owner)
{
    public RoomId Room { get; } = room;

    /// <summary>Who acts, as the token says.</summary>
    public UserId Actor { get; } = actor;

    /// <summary>What it counts for in the bounded queues.</summary>
    public int Bytes { get; } = bytes;

    internal IDraftOwner Owner { get; } = owner;

    /// <summary>The transaction in which it was sent, or null.</summary>
    internal DraftGroup? Group { get; set; }

    /// <summary>Which SEND of its transaction it is, from 1.</summary>
    internal int Number { get; set; }

    /// <summary>Why it was not appended; null when it was.</summary>
    public Problem? Refusal { get; private set; }

    /// <summary>A sentence about this very refusal, or null.</summary>
    public string? Detail { get; private set; }

    /// <summary>The seq that it got, or the one that its key got the first time.</summary>
    public long Seq { get; private set; }

    /// <summary>True when the same key had been appended before: nothing was written this time.</summary>
    public bool IsRepeat { get; private set; }

    /// <summary>False when the actor lost the right since the draft was made.</summary>
    internal virtual bool IsAllowed => true;

    public void Committed(long seq) => (Seq, IsRepeat) = (seq, false);

    public void Repeated(long seq) => (Seq, IsRepeat) = (seq, true);

    public void Refuse(Problem problem, string? detail = null) => (Refusal, Detail) = (problem, detail);

    /// <summary>The entries that it became, in seq order; none when it is a repeat or refused.</summary>
    public abstract void CopyEntries(List<Entry> into);

    internal void Reset() => (Refusal, Detail, Seq, IsRepeat) = (null, null, 0, false);
}

/// <summary>Who waits for a draft: a session that owes a RECEIPT, a request that owes an answer.</summary>
public interface IDraftOwner
{
    /// <summary>Called once, in the room's lane, when the outcome is durable and its entries are on their way. Must not block.</summary>
    void Settled(Draft draft, FlushList flush);
}

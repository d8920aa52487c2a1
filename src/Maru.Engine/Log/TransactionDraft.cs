using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>
/// Messages that are appended whole or not at all, in the order in which they were sent. Its own outcome follows from theirs.
/// </summary>
internal sealed class TransactionDraft : Draft
{
    private int _settled;

    /// <param name="messages">at least one</param>
    /// <param name="owner">told once, after the owners of all messages</param>
    public TransactionDraft(IReadOnlyList<MessageDraft> messages, IDraftOwner owner)
        : base(messages[0].Room, messages[0].Actor, messages.Sum(x => x.Bytes), owner)
    {
        Messages = messages;
        foreach (var message in messages) message.Transaction = this;
    }

    public IReadOnlyList<MessageDraft> Messages { get; }

    /// <summary>Returns the refusal of a transaction of which one message was refused.</summary>
    /// <param name="number">the number of the send in its transaction, from 1</param>
    /// <param name="refusal">the refusal of that message</param>
    public static Refusal Culprit(int number, Refusal refusal) => new(
        Problem.TransactionRefused,
        $"Message {number} of the transaction was refused ({refusal.Problem.Slug}), so none was stored. {refusal.Detail}".TrimEnd())
    {
        RetryAfter = refusal.RetryAfter,
    };

    /// <summary>Refuses the transaction and each of its messages.</summary>
    public override void Refuse(Refusal refusal)
    {
        base.Refuse(refusal with { Detail = "Nothing of the transaction was stored." });
        foreach (var message in Messages) message.Refuse(refusal);
    }

    /// <summary>Not supported: its messages have the entries.</summary>
    public override void CopyEntries(List<Entry> into) => throw new NotSupportedException();

    /// <summary>Called by the commit loop after the log: one refused message refuses the others.</summary>
    public void Complete()
    {
        foreach (var culprit in Messages)
        {
            if (culprit.Refusal is not { } refusal) continue;
            var whole = Culprit(culprit.Number, refusal);
            base.Refuse(whole);
            foreach (var message in Messages)
            {
                if (message.Refusal is null) message.Refuse(whole);
            }

            return;
        }
    }

    /// <summary>Called in any lane when one message is settled. The last one settles the transaction.</summary>
    public void SettleOne(FlushList flush)
    {
        if (Interlocked.Increment(ref _settled) == Messages.Count) Settle(flush);
    }

    internal override void Queued(long at)
    {
        foreach (var message in Messages) message.Queued(at);
    }

    internal override void Prepare()
    {
        base.Prepare();
        foreach (var message in Messages) message.Prepare();
    }
}

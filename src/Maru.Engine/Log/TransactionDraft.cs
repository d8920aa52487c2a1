using Maru.Engine.Output;

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

    /// <summary>What the whole is told when one message was refused.</summary>
    /// <param name="number">of the send in its transaction, from 1</param>
    /// <param name="refusal">of that message</param>
    public static Refusal Culprit(int number, Refusal refusal) => new(
        Problem.TransactionRefused,
        $"Message {number} of the transaction was refused ({refusal.Problem.Slug}), so none was stored. {refusal.Detail}".TrimEnd());

    /// <summary>Refuses the whole and each message of it.</summary>
    public override void Refuse(Refusal refusal)
    {
        base.Refuse(refusal with { Detail = "Nothing of the transaction was stored." });
        foreach (var message in Messages) message.Refuse(refusal);
    }

    /// <summary>Its messages have the entries.</summary>
    public override void CopyEntries(List<Entry> into) => throw new NotSupportedException();

    /// <summary>The commit loop, when the log is done: one refused message refuses the others.</summary>
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

    /// <summary>Any of the lanes: one message was answered. The last one settles the whole.</summary>
    public void SettleOne(FlushList flush)
    {
        if (Interlocked.Increment(ref _settled) == Messages.Count) Settle(flush);
    }

    internal override void Prepare()
    {
        base.Prepare();
        foreach (var message in Messages) message.Prepare();
    }
}

using Maru.Engine.Commit;
using Maru.Engine.Fanout;
using Maru.Engine.Rooms;
using Maru.Engine.Wire;

namespace Maru.Engine.Sessions;

internal sealed partial class StompSession
{
    private Dictionary<string, Transaction>? _transactions;

    /// <summary>BEGIN, COMMIT, ABORT. What is sent inside is held here, bounded, and appended together at COMMIT.</summary>
    private void Transact(in StompFrame frame)
    {
        var receipt = Bytes(frame, "receipt"u8);
        if (Text(frame, "transaction"u8) is not { Length: > 0 } name) Fail(frame, Problem.BadFrame, "The frame needs a transaction.");
        else if (frame.Command == StompCommand.Begin) Begin(frame, name, receipt);
        else if (_transactions is null || !_transactions.Remove(name, out var transaction)) Fail(frame, Problem.BadFrame, "No such transaction was begun.");
        else if (frame.Command == StompCommand.Commit) Commit(transaction, receipt);
        else AcknowledgeNow(receipt);
    }

    private void Begin(in StompFrame frame, string name, byte[]? receipt)
    {
        _transactions ??= [];
        if (_transactions.ContainsKey(name)) Fail(frame, Problem.BadFrame, "This transaction was begun already.");
        else if (_transactions.Count >= Engine.Options.MaxTransactions) Fail(frame, Problem.TooLarge, $"A connection may have {Engine.Options.MaxTransactions} transactions open.");
        else _transactions[name] = new Transaction();
        AcknowledgeNow(receipt);
    }

    private void Commit(Transaction transaction, byte[]? receipt)
    {
        if (transaction.Signals.Exists(x => !x.Membership.IsActive))
        {
            RefuseNow(receipt, Problem.NotFound, "There is no such room, or you are no longer a member.");
            return;
        }

        foreach (var (membership, signal) in transaction.Signals) Post(LaneVerb.Signal, membership.Room, signal, signal.Bytes);
        if (transaction.Drafts.Count == 0)
        {
            AcknowledgeNow(receipt);
            return;
        }

        var group = new DraftGroup { Open = transaction.Drafts.Count, Receipt = receipt };
        foreach (var draft in transaction.Drafts) draft.Group = group;
        Submit(transaction.Drafts.ToArray());
    }

    /// <summary>Any of the lanes: the last draft of a transaction answers the COMMIT itself.</summary>
    private void Settle(DraftGroup group, Draft draft, FlushList flush)
    {
        if (draft.Refusal is { } problem) Volatile.Write(ref group.Refusal, problem);
        if (Interlocked.Decrement(ref group.Open) > 0 || group.Receipt is null) return;
        if (Volatile.Read(ref group.Refusal) is { } refusal) Refuse(group.Receipt, refusal, "The transaction was refused, or some of it.", flush);
        else Acknowledge(group.Receipt, flush);
    }

    private void Hold(Transaction transaction, MessageDraft draft)
    {
        if (Fits(transaction, draft.Bytes)) transaction.Drafts.Add(draft);
    }

    private void Hold(Transaction transaction, Membership membership, SignalFrame signal)
    {
        if (Fits(transaction, signal.Bytes)) transaction.Signals.Add((membership, signal));
    }

    private bool Fits(Transaction transaction, int bytes)
    {
        transaction.Bytes += bytes;
        if (transaction.Bytes <= Engine.Options.TransactionBytes) return true;
        Fail(Problem.TooLarge, $"A transaction may hold {Engine.Options.TransactionBytes} bytes.");
        return false;
    }

    /// <summary>The transaction that a SEND names; null when it names none. False: it names one that was not begun, and the connection ends.</summary>
    private bool TryFindTransaction(in StompFrame frame, out Transaction? transaction)
    {
        transaction = null;
        if (Text(frame, "transaction"u8) is not { } name) return true;
        if (_transactions is not null && _transactions.TryGetValue(name, out transaction)) return true;
        Fail(frame, Problem.BadFrame, "No such transaction was begun.");
        return false;
    }

    /// <summary>ACK and NACK are checked for form; they change nothing, since the client's cursor is <c>seq</c>.</summary>
    private void CheckAck(in StompFrame frame)
    {
        var named = _reader.Version switch
        {
            StompVersion.V12 => frame.TryGetHeader("id"u8, out _),
            StompVersion.V11 => frame.TryGetHeader("message-id"u8, out _) && frame.TryGetHeader("subscription"u8, out _),
            _ => frame.TryGetHeader("message-id"u8, out _),
        };
        if (!named) Fail(frame, Problem.BadFrame, "The frame does not say which message it means.");
        else if (TryFindTransaction(frame, out _)) AcknowledgeNow(Bytes(frame, "receipt"u8));
    }

    private sealed class Transaction
    {
        public List<Draft> Drafts { get; } = [];

        public List<(Membership Membership, SignalFrame Signal)> Signals { get; } = [];

        public int Bytes { get; set; }
    }
}

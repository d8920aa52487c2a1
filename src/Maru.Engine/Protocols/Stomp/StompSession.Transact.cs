using Maru.Engine.Bus;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Rooms;
namespace Maru.Engine.Protocols.Stomp;

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
        var group = transaction.Group;
        group.Receipt = receipt;
        if (transaction.Refusal is { } refusal) RefuseHeld(group, refusal);
        else if (group.Signals.Exists(x => !x.Membership.IsActive)) RefuseHeld(group, "A signal of the transaction was refused (not-found), so nothing of it was stored.");
        else SubmitHeld(group);
    }

    private void SubmitHeld(DraftGroup group)
    {
        if (group.Drafts.Count > 0)
        {
            foreach (var (_, signal) in group.Signals)
            {
                lock (_flightGate) _inFlight += signal.Bytes;
            }

            Submit(group.Drafts.ToArray());
            return;
        }

        foreach (var (membership, signal) in group.Signals) Post(membership.Room, Passing(membership, signal), signal.Bytes);
        AcknowledgeNow(group.Receipt);
    }

    /// <summary>A transaction that does not get as far as the log.</summary>
    private void RefuseHeld(DraftGroup group, string detail)
    {
        var flush = new FlushList();
        foreach (var draft in group.Drafts)
        {
            if (((MessageDraft)draft).Receipt is { } receipt) Refuse(receipt, Problem.TransactionRefused, detail, flush);
        }

        Refuse(group.Receipt, Problem.TransactionRefused, detail, flush);
        flush.Flush();
    }

    /// <summary>Any of the lanes: all of a transaction is settled. Its signals go out, or not, and the COMMIT itself is answered.</summary>
    private void Settled(DraftGroup group, Problem? refusal, FlushList flush)
    {
        foreach (var (membership, signal) in group.Signals)
        {
            if (refusal is not null || !membership.Room.Lane.Post(Passing(membership, signal))) Landed(signal.Bytes);
        }

        if (group.Detail is not null) Refuse(group.Receipt, Problem.TransactionRefused, group.Detail, flush);
        else if (refusal is not null) Refuse(group.Receipt, refusal, "Nothing of the transaction was stored.", flush);
        else if (group.Receipt is not null) Acknowledge(group.Receipt, flush);
    }

    private void Hold(Transaction transaction, MessageDraft draft)
    {
        if (!Fits(transaction, draft.Bytes, draft.Receipt)) return;
        draft.Group = transaction.Group;
        draft.Number = transaction.Sends;
        transaction.Group.Drafts.Add(draft);
    }

    private void Hold(Transaction transaction, Membership membership, SignalFrame signal, byte[]? receipt)
    {
        if (Fits(transaction, signal.Bytes, receipt)) transaction.Group.Signals.Add((membership, signal));
    }

    private bool Fits(Transaction transaction, int bytes, byte[]? receipt)
    {
        transaction.Bytes += bytes;
        if (transaction.Bytes <= Engine.Options.TransactionBytes) return true;
        Fail(Problem.TooLarge, $"A transaction may hold {Engine.Options.TransactionBytes} bytes.", receipt);
        return false;
    }

    private void RefuseSend(Transaction? transaction, in StompFrame frame, Problem problem, string? detail) => RefuseSend(transaction, Bytes(frame, "receipt"u8), problem, detail);

    /// <summary>A SEND that is refused at once: nothing of its transaction will be stored.</summary>
    private void RefuseSend(Transaction? transaction, byte[]? receipt, Problem problem, string? detail)
    {
        transaction?.Spoil(problem, detail);
        RefuseNow(receipt, problem, detail);
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
        public DraftGroup Group { get; } = new();

        public int Bytes { get; set; }

        /// <summary>SENDs that named it: the number of the last one.</summary>
        public int Sends { get; set; }

        /// <summary>Which SEND was the first that was refused at once, and why; null while it holds all.</summary>
        public string? Refusal { get; private set; }

        public void Spoil(Problem problem, string? detail) => Refusal ??= DraftGroup.Culprit(Sends, problem, detail);
    }
}

using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Clients;

internal sealed partial class Client
{
    public Transaction Begin() => new(this, parts.Options.TransactionBytes);

    /// <summary>Appends the transaction's messages together. The outcome comes by its ticket.</summary>
    public ValueTask CommitAsync(Transaction transaction)
    {
        if (transaction.Refusal is { } refusal) return Refuse(transaction, refusal);
        if (transaction.Signals.Exists(x => !x.Membership.IsActive))
            return Refuse(
                transaction,
                new Refusal(
                    Problem.TransactionRefused, "A signal of the transaction was refused (not-found), so nothing of it was stored."));
        return transaction.Messages.Count == 0 ? SignalAsync(transaction) : SubmitAsync(transaction);
    }

    /// <summary>Called in any lane: sends the signals, or drops them, and reports the outcome of the commit.</summary>
    public void Settled(Transaction transaction, Refusal? refusal, FlushList flush)
    {
        foreach (var (membership, signal) in transaction.Signals)
        {
            if (refusal is not null || !membership.Room.Lane.Post(Passing(membership, signal, null)))
                connection.InFlight.Return(signal.Bytes);
        }

        if (refusal is not null) connection.Refuse(transaction.Ticket, refusal, flush);
        else connection.Acknowledge(transaction.Ticket, flush);
    }

    /// <summary>Refuses a request that can be no part of a transaction; true: it is none.</summary>
    private bool IsAlone(Ticket ticket, Transaction? transaction)
    {
        if (transaction is null) return true;
        Refuse(ticket, new Refusal(Problem.Invalid, "A transaction holds messages and signals only.", "transaction"), transaction);
        return false;
    }

    /// <summary>Refuses a transaction that does not get as far as the log.</summary>
    private ValueTask Refuse(Transaction transaction, Refusal refusal)
    {
        using var flush = new FlushList();
        foreach (var message in transaction.Messages)
        {
            if (!message.Ticket.IsNone) connection.Refuse(message.Ticket, refusal, flush);
        }

        connection.Refuse(transaction.Ticket, refusal, flush);
        return default;
    }

    private async ValueTask SignalAsync(Transaction transaction)
    {
        foreach (var (membership, signal) in transaction.Signals) await Pass(membership, signal, null).ConfigureAwait(false);
        Acknowledge(transaction.Ticket);
    }

    private async ValueTask SubmitAsync(Transaction transaction)
    {
        var draft = new TransactionDraft(transaction.Messages, transaction);
        // Over rooms of several commit loops a transaction could overtake earlier messages of this client in another loop, and be
        // overtaken.
        var crosses = !parts.Commits.KeepsOrder(draft);
        if (crosses) await connection.InFlight.WhenEmptyAsync().ConfigureAwait(false);
        foreach (var (_, signal) in transaction.Signals) connection.InFlight.Take(signal.Bytes);
        await SubmitAsync(draft).ConfigureAwait(false);
        if (crosses) await connection.InFlight.WhenEmptyAsync().ConfigureAwait(false);
    }
}

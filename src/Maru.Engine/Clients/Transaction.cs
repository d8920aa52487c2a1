using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

/// <summary>
/// The messages and signals that a client sends together: held, bounded in bytes, until it commits. The messages are appended whole or not
/// at all, and the signals go out once they are. Filled by the reader of the connection, settled by a lane.
/// </summary>
internal sealed class Transaction(Client client, int maxBytes) : IDraftOwner
{
    private int _bytes;

    public string Transport => client.Transport;

    /// <summary>The messages, in the order of their frames.</summary>
    public List<MessageDraft> Messages { get; } = [];

    public List<(Membership Membership, Signal Signal)> Signals { get; } = [];

    /// <summary>How many sends named it: the number of the last one.</summary>
    public int Sends { get; set; }

    /// <summary>The client's name for its commit.</summary>
    public Ticket Ticket { get; set; }

    /// <summary>The refusal of the commit, because a send was refused at once; null while all sends are held.</summary>
    public Refusal? Refusal { get; private set; }

    public void Hold(MessageDraft message)
    {
        if (Fits(message.Bytes, message.Ticket)) Messages.Add(message);
    }

    public void Hold(Membership membership, Signal signal, Ticket ticket)
    {
        if (Fits(signal.Bytes, ticket)) Signals.Add((membership, signal));
    }

    /// <summary>Refuses the transaction because of a send: nothing of it will be stored. The first refusal is reported.</summary>
    public void Spoil(Refusal refusal) => Refusal ??= TransactionDraft.Culprit(Sends, refusal);

    /// <summary>Called in any lane: all of its messages are settled.</summary>
    public void Settled(Draft draft, FlushList flush) => client.Settled(this, draft.Refusal, flush);

    /// <summary>Called when it ends: what it holds no longer counts as held.</summary>
    public void Release()
    {
        client.Connection.Memory.Return(_bytes);
        _bytes = 0;
    }

    private bool Fits(int bytes, Ticket ticket)
    {
        _bytes += bytes;
        client.Connection.Memory.Take(bytes);
        if (_bytes <= maxBytes) return true;
        client.Connection.Close(new Refusal(Problem.TooLarge, $"A transaction may hold {maxBytes} bytes."), ticket);
        return false;
    }
}

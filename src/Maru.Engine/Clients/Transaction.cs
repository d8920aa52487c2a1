using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

/// <summary>
/// What a client sends together: held, bounded in bytes, until it is committed. Its messages are appended whole or not at all, its signals
/// go out once they are. Filled by the session, settled by a lane.
/// </summary>
internal sealed class Transaction(Client client, int maxBytes) : IDraftOwner
{
    private int _bytes;

    /// <summary>In the order of their frames.</summary>
    public List<MessageDraft> Messages { get; } = [];

    public List<(Membership Membership, Signal Signal)> Signals { get; } = [];

    /// <summary>Sends that named it: the number of the last one.</summary>
    public int Sends { get; set; }

    /// <summary>What the client named the commit.</summary>
    public Ticket Ticket { get; set; }

    /// <summary>What the commit is told because a send was refused at once; null while it holds all.</summary>
    public Refusal? Refusal { get; private set; }

    public void Hold(MessageDraft message)
    {
        if (Fits(message.Bytes, message.Ticket)) Messages.Add(message);
    }

    public void Hold(Membership membership, Signal signal, Ticket ticket)
    {
        if (Fits(signal.Bytes, ticket)) Signals.Add((membership, signal));
    }

    /// <summary>A send was refused: nothing of the transaction will be stored. The first one is told.</summary>
    public void Spoil(Refusal refusal) => Refusal ??= TransactionDraft.Culprit(Sends, refusal);

    /// <summary>Any of the lanes: all of its messages are settled.</summary>
    public void Settled(Draft draft, FlushList flush) => client.Settled(this, draft.Refusal, flush);

    private bool Fits(int bytes, Ticket ticket)
    {
        _bytes += bytes;
        if (_bytes <= maxBytes) return true;
        client.Connection.Close(new Refusal(Problem.TooLarge, $"A transaction may hold {maxBytes} bytes."), ticket);
        return false;
    }
}

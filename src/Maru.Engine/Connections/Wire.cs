using Maru.Engine.Log;

namespace Maru.Engine.Connections;

/// <summary>
/// What a protocol makes of outcomes and events: bytes for one transport, ready to be written. Stateless but for what the peers agreed on,
/// so connections that agreed on the same share one, and what is equal for all of them is encoded once. Any thread.
/// </summary>
internal abstract class Wire
{
    /// <summary>Keeps the client's connection from falling silent; empty where the protocol has nothing of the kind.</summary>
    public abstract ReadOnlyMemory<byte> HeartBeat { get; }

    /// <summary>Asks the peer for a sign of life; empty where the transport cannot.</summary>
    public virtual ReadOnlyMemory<byte> Ping => default;

    /// <summary>True where a connection is there for one subscription: it ends with it.</summary>
    public virtual bool IsOneSubscription => false;

    /// <summary>How a room's events look for one subscription.</summary>
    /// <param name="room">whose</param>
    /// <param name="subscription">the client's own name for it, or empty where the protocol has none</param>
    public abstract EventEncoder Encoder(RoomId room, string subscription);

    /// <summary>The answer to a request that asked for one.</summary>
    /// <param name="ticket">what the client named it</param>
    /// <param name="room">where something became durable</param>
    /// <param name="seq">its seq; 0: nothing is stored of such a request</param>
    public abstract ReadOnlyMemory<byte> Receipt(in Ticket ticket, RoomId room, long seq);

    /// <summary>A refusal for a client that listens for those and stays.</summary>
    /// <param name="subscription">the client's own name for its subscription to refusals</param>
    /// <param name="number">of this connection's events</param>
    /// <param name="ticket">what the client named the refused request</param>
    /// <param name="refusal">why</param>
    public abstract ReadOnlyMemory<byte> Refused(string subscription, long number, in Ticket ticket, Refusal refusal);

    /// <summary>An event that concerns the user.</summary>
    /// <param name="subscription">the client's own name for its subscription to such events</param>
    /// <param name="number">of this connection's events</param>
    /// <param name="json">the event, UTF-8</param>
    public abstract ReadOnlyMemory<byte> UserEvent(string subscription, long number, ReadOnlySpan<byte> json);

    /// <summary>The last words.</summary>
    /// <param name="refusal">why the server ends the connection; null: the client wished it</param>
    /// <param name="ticket">what the client named the request that led to it</param>
    public abstract ReadOnlyMemory<byte> Farewell(Refusal? refusal, in Ticket ticket);
}

using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Connections;

/// <summary>
/// Encodes outcomes and events for a protocol: bytes for one transport, ready to be written. Its only state is what the peers agreed on, so
/// connections that agreed on the same share one, and bytes that are equal for all of them are encoded once. Any thread.
/// </summary>
internal abstract class Wire
{
    /// <summary>The name of the protocol, for metrics.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes that keep the connection from falling silent; empty where the protocol has none.</summary>
    public abstract ReadOnlyMemory<byte> HeartBeat { get; }

    /// <summary>Bytes that ask the peer for a sign of life; empty where the transport has none.</summary>
    public virtual ReadOnlyMemory<byte> Ping => default;

    /// <summary>True where a connection carries one subscription and ends with it.</summary>
    public virtual bool IsOneSubscription => false;

    /// <summary>Returns the encoder of a room's events for one subscription.</summary>
    /// <param name="room">the room</param>
    /// <param name="subscription">the client's own name for it, or empty where the protocol has none</param>
    public abstract EventEncoder Encoder(RoomId room, string subscription);

    /// <summary>
    /// Encodes the part of a signal's event that is equal for all subscriptions; empty where the protocol has no signals.
    /// </summary>
    public virtual ReadOnlyMemory<byte> SignalBody(Signal signal) => default;

    /// <summary>Encodes the response to a request that asked for one.</summary>
    /// <param name="ticket">the client's name for the request</param>
    /// <param name="room">the room in which an entry became durable</param>
    /// <param name="seq">its seq; 0: nothing is stored of such a request</param>
    public abstract ReadOnlyMemory<byte> Receipt(in Ticket ticket, RoomId room, long seq);

    /// <summary>Encodes a refusal for a client that listens for refusals and stays connected.</summary>
    /// <param name="subscription">the client's own name for its subscription to refusals</param>
    /// <param name="number">of this connection's events</param>
    /// <param name="ticket">the client's name for the refused request</param>
    /// <param name="refusal">the reason</param>
    public abstract ReadOnlyMemory<byte> Refused(string subscription, long number, in Ticket ticket, Refusal refusal);

    /// <summary>Encodes an event that concerns the user.</summary>
    /// <param name="subscription">the client's own name for its subscription to such events</param>
    /// <param name="number">of this connection's events</param>
    /// <param name="json">the event, UTF-8</param>
    public abstract ReadOnlyMemory<byte> UserEvent(string subscription, long number, ReadOnlySpan<byte> json);

    /// <summary>Encodes an event about a person whom the client watches.</summary>
    /// <inheritdoc cref="UserEvent"/>
    public virtual ReadOnlyMemory<byte> Presence(string subscription, long number, ReadOnlySpan<byte> json) =>
        UserEvent(subscription, number, json);

    /// <summary>Encodes an event about the list of public rooms: the same bytes for all who gave their subscription that name.</summary>
    /// <param name="subscription">the client's own name for its subscription to the list</param>
    /// <param name="number">unique within this process</param>
    /// <param name="json">the event, UTF-8</param>
    public virtual ReadOnlyMemory<byte> PublicRooms(string subscription, long number, ReadOnlySpan<byte> json) =>
        UserEvent(subscription, number, json);

    /// <summary>Encodes the last words.</summary>
    /// <param name="refusal">the reason why the server ends the connection; null: the client asked for it</param>
    /// <param name="ticket">the client's name for the request that led to it</param>
    public abstract ReadOnlyMemory<byte> Farewell(Refusal? refusal, in Ticket ticket);
}

using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Connections;

internal sealed partial class Connection
{
    // The client's subscriptions to its own queues. Replaced as a whole: the protocol writes, any thread reads.
    private volatile WireSubscription[] _eventQueues = [];
    private volatile WireSubscription[] _refusalQueues = [];     // one, or none
    private long _events;

    public int Queues => EventQueues + _refusalQueues.Length;

    public int EventQueues => _eventQueues.Length;

    /// <summary>The client listens for refusals.</summary>
    public bool HasRefusalQueue => _refusalQueues.Length > 0;

    /// <summary>The client wants the user's events.</summary>
    public bool WantsEvents => _eventQueues.Length > 0;

    /// <summary>
    /// True while a snapshot is on its way to a new subscription, and the user's events wait for it. Under the user's lock of
    /// <c>UserEvents</c>.
    /// </summary>
    public bool AwaitsSnapshot { get; set; }

    public bool HasQueue(string id) => Array.Exists(_eventQueues, x => x.Id == id) || Array.Exists(_refusalQueues, x => x.Id == id);

    /// <summary>Called by the protocol: the client wants the user's events under that name.</summary>
    public void ListenForEvents(WireSubscription queue) => _eventQueues = [.. _eventQueues, queue];

    /// <summary>Called by the protocol: the client wants refusals under that name, and then stays connected after one.</summary>
    public void ListenForRefusals(WireSubscription queue) => _refusalQueues = [queue];

    /// <summary>Called by the protocol: the client no longer wants the events or refusals under that name.</summary>
    public void StopListening(string id)
    {
        _eventQueues = Array.FindAll(_eventQueues, x => x.Id != id);
        _refusalQueues = Array.FindAll(_refusalQueues, x => x.Id != id);
    }

    /// <summary>Acknowledges a request that asked for it.</summary>
    public void Acknowledge(in Ticket ticket, FlushList flush) => Acknowledge(ticket, default, 0, flush);

    /// <inheritdoc cref="Acknowledge(in Ticket, FlushList)"/>
    /// <param name="room">the room in which an entry became durable</param>
    /// <param name="seq">its seq</param>
    public void Acknowledge(in Ticket ticket, RoomId room, long seq, FlushList flush)
    {
        if (!ticket.IsNone) Outbox.Add(Wire.Receipt(ticket, room, seq), flush);
    }

    /// <summary>Adds a response in the transport's own format, such as a pong.</summary>
    public void Add(ReadOnlyMemory<byte> bytes)
    {
        using var flush = new FlushList();
        Outbox.Add(bytes, flush);
    }

    /// <summary>Refuses a request: sends an event to a client that listens for refusals, and ends the connection of any other.</summary>
    public void Refuse(in Ticket ticket, Refusal refusal, FlushList flush)
    {
        metrics.CountRefusal(refusal.Problem.Slug, Wire.Name);
        var queues = _refusalQueues;
        if (queues.Length == 0) Close(refusal, ticket);
        foreach (var queue in queues) Outbox.Add(queue.Wire.Refused(queue.Id, Interlocked.Increment(ref _events), ticket, refusal), flush);
    }

    /// <summary>Sends an event about a person whom the client watches; false: the client is slow, and does not get it.</summary>
    public bool TrySendPresence(WireSubscription subscription, ReadOnlySpan<byte> json, FlushList flush)
    {
        if (!Outbox.TakesEphemeral(json.Length)) return false;
        var bytes = subscription.Wire.Presence(subscription.Id, Interlocked.Increment(ref _events), json);
        return Outbox.TryAddEphemeral(bytes, default, flush) != AddResult.Full;
    }

    /// <summary>Sends an event that concerns the user, if the client wants those.</summary>
    public void SendUserEvent(ReadOnlySpan<byte> json, FlushList flush)
    {
        foreach (var queue in _eventQueues) SendUserEvent(queue, json, flush);
    }

    /// <summary>Sends an event that concerns the user under one of the client's names.</summary>
    public void SendUserEvent(WireSubscription queue, ReadOnlySpan<byte> json, FlushList flush) =>
        Outbox.Add(queue.Wire.UserEvent(queue.Id, Interlocked.Increment(ref _events), json), flush);
}

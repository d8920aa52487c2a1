using System.Diagnostics.Metrics;

namespace Maru.Engine;

/// <summary>The engine's metrics. Tags are of low cardinality: never a room or a user.</summary>
public sealed class EngineMetrics : IDisposable
{
    private readonly Meter _meter = new("Maru.Engine");

    internal EngineMetrics(
        Func<int> connections, Func<int> rooms, Func<(int People, int Watches)> presence, Func<long> memory, long memoryLimit)
    {
        Committed = _meter.CreateCounter<long>("maru.entries.committed", "{entry}", "Entries that became durable.");
        CommitTime = _meter.CreateHistogram<double>("maru.commit.duration", "s", "Time of one transaction of the commit loop.");
        CommitSize = _meter.CreateHistogram<int>("maru.commit.size", "{draft}", "Drafts that one transaction took.");
        DurableTime = _meter.CreateHistogram<double>(
            "maru.write.durable.duration", "s", "From the arrival of a message or a change to its being durable, by transport.");
        ReceiptTime = _meter.CreateHistogram<double>(
            "maru.write.receipt.duration", "s", "From the arrival of a message or a change to its sender being told, by transport.");
        DeliveryTime = _meter.CreateHistogram<double>(
            "maru.delivery.duration", "s",
            "From a room's entries of one commit being durable to their being written for all who listen on this node.");
        Refused = _meter.CreateCounter<long>("maru.drafts.refused", "{draft}", "Drafts that were refused by the commit loop, by reason.");
        Ended = _meter.CreateCounter<long>("maru.connections.ended", "{connection}", "Connections that the server ended, by reason.");
        SlowClients = _meter.CreateCounter<long>(
            "maru.connections.slow", "{connection}", "Connections that took nothing for too long and were cut.");
        Cut = _meter.CreateCounter<long>(
            "maru.connections.cut", "{connection}",
            "Connections and unfinished requests that were cut because clients held too much memory.");
        Encoded = _meter.CreateCounter<long>(
            "maru.frames.encoded", "By", "Bytes of frames that were encoded, each once for all its receivers.");
        PagesRead = _meter.CreateCounter<long>(
            "maru.pages.read", "{page}", "Pages that were read from the store for subscriptions that are behind.");
        Cursors = _meter.CreateUpDownCounter<int>(
            "maru.cursors", "{subscription}", "Subscriptions that are behind and read at their own pace.");
        SignalsDropped = _meter.CreateCounter<long>(
            "maru.signals.dropped", "{signal}", "Signals that were dropped: too many listeners or signals in a short time.");
        EphemeralSent = _meter.CreateCounter<long>(
            "maru.ephemeral.sent", "{event}",
            "Events of the moment that were sent: of typing and reading each to all of a room's subscribers, of presence to one, of the "
            + "list of public rooms to all who look at it.");
        EphemeralDropped = _meter.CreateCounter<long>(
            "maru.ephemeral.dropped", "{event}",
            "Events of typing, reading and the list of public rooms that were dropped, because too much waited.");
        UserEventsDropped = _meter.CreateCounter<long>(
            "maru.user_events.dropped", "{event}", "Events that other nodes were not told of, because too many waited.");
        PublicRoomWatches = _meter.CreateUpDownCounter<int>(
            "maru.discover.watches", "{connection}", "Connections that look at the list of public rooms.");
        _meter.CreateObservableGauge("maru.connections", connections, "{connection}", "Open connections.");
        _meter.CreateObservableGauge(
            "maru.memory.used", memory, "By", "Memory that clients make this process keep.");
        _meter.CreateObservableGauge(
            "maru.memory.limit", () => memoryLimit, "By", "Bound of the memory that clients make this process keep.");
        _meter.CreateObservableGauge("maru.rooms", rooms, "{room}", "Rooms that are loaded.");
        _meter.CreateObservableGauge(
            "maru.presence.people", () => presence().People, "{person}", "People who are connected to this node, or were a moment ago.");
        _meter.CreateObservableGauge(
            "maru.presence.watches", () => presence().Watches, "{connection}", "Connections that watch people's presence.");
    }

    internal Counter<long> Committed { get; }

    internal Histogram<double> CommitTime { get; }

    internal Histogram<int> CommitSize { get; }

    internal Histogram<double> DurableTime { get; }

    internal Histogram<double> ReceiptTime { get; }

    internal Histogram<double> DeliveryTime { get; }

    internal Counter<long> Refused { get; }

    internal Counter<long> Ended { get; }

    internal Counter<long> SlowClients { get; }

    internal Counter<long> Cut { get; }

    internal Counter<long> Encoded { get; }

    internal Counter<long> PagesRead { get; }

    internal UpDownCounter<int> Cursors { get; }

    internal Counter<long> SignalsDropped { get; }

    internal Counter<long> EphemeralSent { get; }

    internal Counter<long> EphemeralDropped { get; }

    internal Counter<long> UserEventsDropped { get; }

    internal UpDownCounter<int> PublicRoomWatches { get; }

    public void Dispose() => _meter.Dispose();
}

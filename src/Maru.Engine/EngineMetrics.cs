using System.Diagnostics.Metrics;

namespace Maru.Engine;

/// <summary>The engine's metrics. Tags are of low cardinality: never a room or a user.</summary>
public sealed class EngineMetrics : IDisposable
{
    internal EngineMetrics()
    {
        Committed = Meter.CreateCounter<long>("maru.entries.committed", "{entry}", "Entries that became durable.");
        CommitTime = Meter.CreateHistogram<double>("maru.commit.duration", "s", "Time of one transaction of the commit loop.");
        CommitSize = Meter.CreateHistogram<int>("maru.commit.size", "{draft}", "Drafts that one transaction took.");
        DurableTime = Meter.CreateHistogram<double>(
            "maru.write.durable.duration", "s", "From the arrival of a message or a change to its being durable, by transport.");
        ReceiptTime = Meter.CreateHistogram<double>(
            "maru.write.receipt.duration", "s", "From the arrival of a message or a change to its sender being told, by transport.");
        DeliveryTime = Meter.CreateHistogram<double>(
            "maru.delivery.duration", "s",
            "From a room's entries of one commit being durable here, or arriving from elsewhere, to their being written for all who listen "
            + "on this node, by transport and origin.");
        Refusals = Meter.CreateCounter<long>(
            "maru.refusals", "{refusal}", "Requests of clients that were refused, by reason and transport.");
        Ended = Meter.CreateCounter<long>("maru.connections.ended", "{connection}", "Connections that the server ended, by reason.");
        SlowClients = Meter.CreateCounter<long>(
            "maru.connections.slow", "{connection}", "Connections that took nothing for too long and were cut.");
        Cut = Meter.CreateCounter<long>(
            "maru.connections.cut", "{connection}",
            "Connections and unfinished requests that were cut because clients held too much memory.");
        Encoded = Meter.CreateCounter<long>(
            "maru.frames.encoded", "By", "Bytes of frames that were encoded, each once for all its receivers.");
        PagesRead = Meter.CreateCounter<long>(
            "maru.pages.read", "{page}", "Pages that were read from the store for subscriptions that are behind.");
        Cursors = Meter.CreateUpDownCounter<int>(
            "maru.cursors", "{subscription}", "Subscriptions that are behind and read at their own pace.");
        Subscriptions = Meter.CreateUpDownCounter<int>(
            "maru.subscriptions", "{subscription}", "Subscriptions to rooms and their signals, by transport.");
        TailGaps = Meter.CreateCounter<long>(
            "maru.tail.gaps", "{gap}",
            "Gaps in what this node knows of a room that were filled, by what filled them: the bus, a little later, or the store.");
        SignalsDropped = Meter.CreateCounter<long>(
            "maru.signals.dropped", "{signal}", "Signals that were dropped: too many listeners or signals in a short time.");
        EphemeralSent = Meter.CreateCounter<long>(
            "maru.ephemeral.sent", "{event}",
            "Events of the moment that were sent: of typing and reading each to all of a room's subscribers, of presence to one, of the "
            + "list of public rooms to all who look at it.");
        EphemeralDropped = Meter.CreateCounter<long>(
            "maru.ephemeral.dropped", "{event}",
            "Events of typing, reading and the list of public rooms that were dropped, because too much waited.");
        UserEventsDropped = Meter.CreateCounter<long>(
            "maru.user_events.dropped", "{event}", "Events that other nodes were not told of, because too many waited.");
        PublicRoomWatches = Meter.CreateUpDownCounter<int>(
            "maru.discover.watches", "{connection}", "Connections that look at the list of public rooms.");
    }

    internal Meter Meter { get; } = new("Maru.Engine");

    internal Counter<long> Committed { get; }

    internal Histogram<double> CommitTime { get; }

    internal Histogram<int> CommitSize { get; }

    internal Histogram<double> DurableTime { get; }

    internal Histogram<double> ReceiptTime { get; }

    internal Histogram<double> DeliveryTime { get; }

    internal Counter<long> Ended { get; }

    internal Counter<long> SlowClients { get; }

    internal Counter<long> Cut { get; }

    internal Counter<long> Encoded { get; }

    internal Counter<long> PagesRead { get; }

    internal UpDownCounter<int> Cursors { get; }

    internal UpDownCounter<int> Subscriptions { get; }

    internal Counter<long> TailGaps { get; }

    internal Counter<long> SignalsDropped { get; }

    internal Counter<long> EphemeralSent { get; }

    internal Counter<long> EphemeralDropped { get; }

    internal Counter<long> UserEventsDropped { get; }

    internal UpDownCounter<int> PublicRoomWatches { get; }

    private Counter<long> Refusals { get; }

    /// <summary>Counts that a client's request was refused.</summary>
    /// <param name="reason">the problem's slug</param>
    /// <param name="transport">the protocol in which the client was told</param>
    public void CountRefusal(string reason, string transport) => Refusals.Add(1, new("reason", reason), Transport(transport));

    public void Dispose() => Meter.Dispose();

    /// <summary>The label by which metrics of a message's way are told apart.</summary>
    /// <param name="name">of <c>Wire</c></param>
    internal static KeyValuePair<string, object?> Transport(string name) => new("transport", name);
}

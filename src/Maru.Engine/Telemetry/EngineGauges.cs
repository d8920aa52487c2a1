using System.Diagnostics.Metrics;
using Maru.Engine.Commit;
using Maru.Engine.Connections;
using Maru.Engine.People;
using Maru.Engine.Queues;
using Maru.Engine.Rooms;

namespace Maru.Engine.Telemetry;

/// <summary>The metrics that are looked up when somebody reads them, and cost nothing until then.</summary>
internal static class EngineGauges
{
    private static readonly string[] Transports = ["sse", "stomp"];

    /// <param name="meter">gets the gauges</param>
    /// <param name="isDraining">returns whether new connections are refused</param>
    public static void AddTo(
        Meter meter, ConnectionTable connections, RoomTable rooms, CommitLoops commits, Presence presence, MemoryBudget memory,
        EngineOptions options, Func<bool> isDraining)
    {
        meter.CreateObservableGauge(
            "maru.connections", () => Sums(connections, _ => 1), "{connection}", "Open connections, by transport.");
        meter.CreateObservableGauge(
            "maru.outbox.size", () => Sums(connections, x => x.Outbox.Bytes), "By",
            "Bytes that wait for clients to take them, by transport.");
        meter.CreateObservableGauge(
            "maru.commit.waiting", () => commits.Bytes, "By", "Bytes of drafts that wait for the store.");
        meter.CreateObservableGauge(
            "maru.commit.waiting.limit", () => (long)options.CommitQueueBytes, "By",
            "Bound of the bytes of drafts that wait for the store: beyond it, senders wait.");
        meter.CreateObservableGauge(
            "maru.memory.used", () => memory.Used, "By", "Memory that clients make this process keep.");
        meter.CreateObservableGauge(
            "maru.memory.limit", () => memory.Max, "By", "Bound of the memory that clients make this process keep.");
        meter.CreateObservableGauge("maru.rooms", () => rooms.Count, "{room}", "Rooms that are in use on this node.");
        meter.CreateObservableGauge(
            "maru.draining", () => isDraining() ? 1 : 0, "{node}", "1: this node takes no new connections, since it is about to stop.");
        meter.CreateObservableGauge(
            "maru.presence.people", () => presence.Count.People, "{person}",
            "People who are connected to this node, or were a moment ago.");
        meter.CreateObservableGauge(
            "maru.presence.watches", () => presence.Count.Watches, "{connection}", "Connections that watch people's presence.");
    }

    /// <summary>Sums over each transport, also those that nobody uses: a graph without a line looks like a fault.</summary>
    private static IEnumerable<Measurement<long>> Sums(ConnectionTable connections, Func<Connection, long> of)
    {
        var sums = Transports.ToDictionary(name => name, _ => 0L);
        foreach (var connection in connections.All())
        {
            var transport = connection.Wire.Name;
            sums[transport] = sums.GetValueOrDefault(transport) + of(connection);
        }

        return sums.Select(sum => new Measurement<long>(sum.Value, EngineMetrics.Transport(sum.Key)));
    }
}

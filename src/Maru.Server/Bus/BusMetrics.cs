using System.Diagnostics.Metrics;

namespace Maru.Server.Bus;

/// <summary>The metrics of the buses between nodes, by bus. Any thread.</summary>
internal sealed class BusMetrics : IDisposable
{
    private readonly Counter<long> _sent;
    private readonly Counter<long> _sentBytes;
    private readonly Counter<long> _received;
    private readonly Counter<long> _receivedBytes;
    private readonly Counter<long> _dropped;
    private readonly Histogram<double> _lag;
    private volatile (string Bus, Func<bool> IsConnected)[] _buses = [];

    public BusMetrics()
    {
        _sent = Meter.CreateCounter<long>("maru.bus.sent", "{frame}", "Frames for other nodes that were sent, by bus.");
        _sentBytes = Meter.CreateCounter<long>("maru.bus.sent_bytes", "By", "Bytes of frames for other nodes that were sent, by bus.");
        _received = Meter.CreateCounter<long>("maru.bus.received", "{frame}", "Frames of other nodes that were received, by bus.");
        _receivedBytes = Meter.CreateCounter<long>(
            "maru.bus.received_bytes", "By", "Bytes of frames of other nodes that were received, by bus.");
        _dropped = Meter.CreateCounter<long>(
            "maru.bus.dropped", "{frame}",
            "Frames that were dropped, since the bus was away, too much waited for it or they were too large, by bus.");
        _lag = Meter.CreateHistogram<double>(
            "maru.bus.lag", "s", "From sending a frame to its coming back to this node, of some frames, by bus.");
        Meter.CreateObservableGauge("maru.bus.connected", Connected, "{bus}", "1: the bus carries frames; 0: it is away. By bus.");
    }

    internal Meter Meter { get; } = new("Maru.Server");

    /// <summary>Begins to tell whether the bus is there.</summary>
    public void Watch(string bus, Func<bool> isConnected) => _buses = [.. _buses, (bus, isConnected)];

    public void Sent(string bus, int bytes)
    {
        _sent.Add(1, Label(bus));
        _sentBytes.Add(bytes, Label(bus));
    }

    public void Received(string bus, int bytes)
    {
        _received.Add(1, Label(bus));
        _receivedBytes.Add(bytes, Label(bus));
    }

    public void Dropped(string bus) => _dropped.Add(1, Label(bus));

    public void Came(string bus, TimeSpan after) => _lag.Record(after.TotalSeconds, Label(bus));

    public void Dispose() => Meter.Dispose();

    private static KeyValuePair<string, object?> Label(string bus) => new("bus", bus);

    private IEnumerable<Measurement<int>> Connected() =>
        _buses.Select(x => new Measurement<int>(x.IsConnected() ? 1 : 0, Label(x.Bus)));
}

using System.Diagnostics.Metrics;

namespace Maru.Server.Platform.Sockets;

/// <summary>Metrics of TCP connections. The tag <c>bound</c> is <c>all</c> or <c>address</c>.</summary>
internal sealed class SocketMetrics : IDisposable
{
    private readonly Meter _meter = new("Maru.Server");

    public SocketMetrics()
    {
        Refused = _meter.CreateCounter<long>("maru.sockets.refused", "{connection}", "TCP connections that found no place, by bound.");
        Displaced = _meter.CreateCounter<long>(
            "maru.sockets.displaced", "{connection}", "TCP connections without a token that made room for another, by bound.");
    }

    public Counter<long> Refused { get; }

    public Counter<long> Displaced { get; }

    public void Watch(Func<int> connections, Func<int> strangers, int max)
    {
        _meter.CreateObservableGauge("maru.sockets", connections, "{connection}", "Open TCP connections.");
        _meter.CreateObservableGauge("maru.sockets.limit", () => max, "{connection}", "Bound of the open TCP connections.");
        _meter.CreateObservableGauge("maru.sockets.strangers", strangers, "{connection}", "Open TCP connections that have shown no token.");
    }

    public void Dispose() => _meter.Dispose();
}

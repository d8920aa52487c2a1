using System.Diagnostics.Metrics;

namespace Maru.Server.Platform.Telemetry;

/// <summary>What the process tells of itself.</summary>
internal sealed class NodeMetrics : IDisposable
{
    private readonly Meter _meter = new("Maru.Server");

    public NodeMetrics(TimeProvider time)
    {
        var started = time.GetTimestamp();
        _meter.CreateObservableGauge(
            "maru.uptime", () => time.GetElapsedTime(started).TotalSeconds, "s", "Time since the server started.");
        _meter.CreateObservableGauge(
            "maru.process.memory.limit", () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "By",
            "Memory that the process may use: the machine's, or three quarters of its container's.");
    }

    public void Dispose() => _meter.Dispose();
}

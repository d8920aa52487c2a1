using System.Diagnostics.Metrics;

namespace Maru.Server.Platform.Alerts;

/// <summary>Metrics of what people were told of errors.</summary>
internal sealed class AlertMetrics : IDisposable
{
    private readonly Meter _meter = new("Maru.Server");

    public AlertMetrics()
    {
        Sent = _meter.CreateCounter<long>("maru.alerts.sent", "{message}", "Messages about errors that Slack took.");
        Dropped = _meter.CreateCounter<long>(
            "maru.alerts.dropped", "{event}",
            "Errors that nobody was told of: too many kinds of them waited, or Slack refused the message.");
    }

    public Counter<long> Sent { get; }

    public Counter<long> Dropped { get; }

    public void Dispose() => _meter.Dispose();
}

using System.Diagnostics.Metrics;

namespace Maru.Server.Features.Scheduled;

/// <summary>Metrics of scheduled messages. The tag <c>reason</c> is a problem's slug.</summary>
internal sealed class ScheduledMetrics : IDisposable
{
    private readonly Meter _meter = new("Maru.Server");

    public ScheduledMetrics()
    {
        Sent = _meter.CreateCounter<long>("maru.scheduled.sent", "{message}", "Scheduled messages that this node sent.");
        Failed = _meter.CreateCounter<long>("maru.scheduled.failed", "{message}", "Scheduled messages that may not be sent, by reason.");
        Lag = _meter.CreateHistogram<double>("maru.scheduled.lag", "s", "From the time of a scheduled message to its commit.");
    }

    public Counter<long> Sent { get; }

    public Counter<long> Failed { get; }

    public Histogram<double> Lag { get; }

    public void Dispose() => _meter.Dispose();
}

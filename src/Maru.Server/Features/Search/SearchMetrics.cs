using System.Diagnostics.Metrics;

namespace Maru.Server.Features.Search;

/// <summary>Metrics of search.</summary>
internal sealed class SearchMetrics : IDisposable
{
    private readonly Meter _meter = new("Maru.Server");

    public SearchMetrics()
    {
        Indexed = _meter.CreateCounter<long>("maru.search.indexed", "{message}", "Messages that this node brought into the index.");
        Lag = _meter.CreateHistogram<double>("maru.search.lag", "s", "Age of messages when they came into the index.");
        Seconds = _meter.CreateHistogram<double>("maru.search.duration", "s", "Time that a search took.");
    }

    public Counter<long> Indexed { get; }

    public Histogram<double> Lag { get; }

    public Histogram<double> Seconds { get; }

    public void Dispose() => _meter.Dispose();
}

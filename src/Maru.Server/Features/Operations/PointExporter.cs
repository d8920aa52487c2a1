using Maru.Server.Platform.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Maru.Server.Features.Operations;

/// <summary>
/// Makes a point of the metrics of each interval: one more reader of what Prometheus and OTLP read, with differences instead of sums. One
/// thread, the reader's.
/// </summary>
internal sealed class PointExporter(NodeBook book, TimeProvider time) : BaseExporter<Metric>
{
    /// <summary>Milliseconds from one point to the next.</summary>
    public const int Interval = 5000;

    private long _last = time.GetTimestamp();
    private long _number;

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var read = new Dictionary<string, Metric>();
        foreach (var metric in batch) read[metric.Name] = metric;
        var now = time.GetTimestamp();
        var seconds = Math.Max(0.001, time.GetElapsedTime(_last, now).TotalSeconds);
        _last = now;

        var (durable, receipt) = (Histogram("maru.write.durable.duration"), Histogram("maru.write.receipt.duration"));
        var (delivery, lag) = (Histogram("maru.delivery.duration"), Histogram("maru.bus.lag"));
        book.Add(new NodePoint(
            ++_number,
            time.GetUtcNow(),
            Sum("maru.connections"),
            Sum("maru.subscriptions"),
            Sum("maru.rooms"),
            Sum("maru.cursors"),
            Rate(MetricReading.Sum(Of("maru.entries.committed"))),
            Sum("maru.commit.waiting"),
            Sum("maru.commit.waiting.limit"),
            Sum("maru.memory.used"),
            Sum("maru.memory.limit"),
            Sum("maru.outbox.size"),
            Rate(MetricReading.Sum(Of("maru.refusals"))),
            Rate(MetricReading.Failures(Of("http.server.request.duration"))),
            Rate(MetricReading.Sum(Of("dotnet.process.cpu.time"))),
            Sum("dotnet.process.memory.working_set"),
            durable.At(0.5),
            durable.At(0.99),
            receipt.At(0.5),
            receipt.At(0.99),
            delivery.At(0.5),
            delivery.At(0.99),
            MetricReading.Least(Of("maru.bus.connected")) is { } least ? least > 0 : null,
            lag.At(0.5)));
        return ExportResult.Success;

        Metric? Of(string name) => read.GetValueOrDefault(name);
        long Sum(string name) => (long)MetricReading.Sum(Of(name));
        Histogram Histogram(string name) => MetricReading.Histogram(Of(name));
        double Rate(double sum) => Math.Round(sum / seconds, 3);
    }
}

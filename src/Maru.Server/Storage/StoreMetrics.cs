using System.Diagnostics.Metrics;

namespace Maru.Server.Storage;

/// <summary>How long the store takes for what is not messages: nothing of it is kept in memory, so each question is one to the store.</summary>
internal static class StoreMetrics
{
    private static readonly Meter Meter = new("Maru.Server");

    private static readonly Histogram<double> Reads = Meter.CreateHistogram<double>(
        "maru.store.read.duration", "s", "Time of a query for a list, a page or a row, with its wait for a connection.");

    private static readonly Histogram<double> Writes = Meter.CreateHistogram<double>(
        "maru.store.write.duration", "s",
        "Time of a transaction beside the commit loop's, with its wait for its turn, by outcome.");

    public static void Read(TimeSpan duration) => Reads.Record(duration.TotalSeconds);

    public static void Wrote(TimeSpan duration, bool succeeded) =>
        Writes.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", succeeded ? "done" : "failed"));
}

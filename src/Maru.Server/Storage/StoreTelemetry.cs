using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Maru.Server.Storage;

/// <summary>
/// How long the store takes for what is not messages, as metrics, as spans and by statement. Nothing of it is kept in memory, so each
/// question is one to the store.
/// </summary>
internal static class StoreTelemetry
{
    public const string SourceName = "Maru.Server.Storage";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly Meter Meter = new("Maru.Server");

    private static readonly Histogram<double> Reads = Meter.CreateHistogram<double>(
        "maru.store.read.duration", "s", "Time of a query for a list, a page or a row, with its wait for a connection.");

    private static readonly Histogram<double> Writes = Meter.CreateHistogram<double>(
        "maru.store.write.duration", "s", "Time of a transaction beside the commit loop's, with its wait for its turn, by outcome.");

    /// <summary>Runs a query.</summary>
    /// <param name="sql">without values</param>
    public static async Task<T> ReadAsync<T>(string sql, Func<Task<T>> read)
    {
        using var span = Source.StartActivity("store read");
        span?.SetTag("db.query.text", sql);
        var began = TimeProvider.System.GetTimestamp();
        var result = await StatementTimes.MeasureAsync(sql, read);
        Reads.Record(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
        return result;
    }

    /// <summary>Runs a transaction.</summary>
    public static async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        using var span = Source.StartActivity("store write");
        var (began, outcome) = (TimeProvider.System.GetTimestamp(), "failed");
        try
        {
            var result = await write();
            outcome = "done";
            return result;
        }
        finally
        {
            span?.SetStatus(outcome == "done" ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
            Writes.Record(TimeProvider.System.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }
}

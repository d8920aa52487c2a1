using System.Diagnostics;
using Maru.Server.Platform.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Server.Platform.Alerts;

/// <summary>Takes errors from the log. What this folder logs itself is left out: a Slack that is away is told to nobody by Slack.</summary>
[ProviderAlias("Alerts")]
internal sealed class AlertLogs(AlertSender sender, AlertQueue queue, AlertMetrics metrics, TimeProvider time)
    : ILoggerProvider, IAsyncDisposable
{
    private static readonly string Own = typeof(AlertLogs).Namespace ?? "";

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(Own, StringComparison.Ordinal) ? NullLogger.Instance : new ErrorLogger(categoryName, Add);

    public void Dispose() => sender.Dispose();

    /// <summary>Tells what still waits, within a second.</summary>
    public ValueTask DisposeAsync() => sender.DisposeAsync();

    private void Add(ErrorKind kind, LogLevel level, string template)
    {
        var now = time.GetUtcNow();
        var alert = new Alert(kind, level, template, 1, now, now, Activity.Current?.TraceId.ToString());
        if (!queue.TryAdd(alert)) metrics.Dropped.Add(1);
    }
}

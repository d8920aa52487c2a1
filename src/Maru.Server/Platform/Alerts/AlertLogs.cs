using System.Diagnostics;
using System.Globalization;

namespace Maru.Server.Platform.Alerts;

/// <summary>Takes errors from the log. What this folder logs itself is left out: a Slack that is away is told to nobody by Slack.</summary>
[ProviderAlias("Alerts")]
internal sealed class AlertLogs(AlertSender sender, AlertQueue queue, AlertMetrics metrics, TimeProvider time)
    : ILoggerProvider, IAsyncDisposable
{
    private static readonly string Own = typeof(AlertLogs).Namespace ?? "";

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose() => sender.Dispose();

    /// <summary>Tells what still waits, within a second.</summary>
    public ValueTask DisposeAsync() => sender.DisposeAsync();

    private void Add(string category, LogLevel level, EventId id, string template, Exception? exception)
    {
        var now = time.GetUtcNow();
        var name = id.Name is { Length: > 0 } text ? text : id.Id.ToString(CultureInfo.InvariantCulture);
        var kind = new AlertKind(category, name, exception?.GetType().FullName);
        var alert = new Alert(kind, level, template, 1, now, now, Activity.Current?.TraceId.ToString());
        if (!queue.TryAdd(alert)) metrics.Dropped.Add(1);
    }

    private sealed class Writer(AlertLogs logs, string category) : ILogger
    {
        private const string Template = "{OriginalFormat}";

        private readonly bool _isOwn = category.StartsWith(Own, StringComparison.Ordinal);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => !_isOwn && logLevel is LogLevel.Error or LogLevel.Critical;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) logs.Add(category, logLevel, eventId, TemplateOf(state), exception);
        }

        /// <summary>Returns the text with names for its values; a text that is only there whole may hold what people wrote.</summary>
        private static string TemplateOf<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values && values.FirstOrDefault(x => x.Key == Template).Value is string text
                ? text
                : "(see the log)";
    }
}

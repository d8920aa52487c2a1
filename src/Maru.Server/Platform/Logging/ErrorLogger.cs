using System.Globalization;

namespace Maru.Server.Platform.Logging;

/// <summary>What makes errors the same to people: where they come from, which line of the program logs them, and what was thrown.</summary>
internal sealed record ErrorKind(string Category, string Event, string? Exception);

/// <summary>
/// Tells of the errors in one category of the log, and of nothing that people wrote: by kind, and with the line's text before its values
/// are in it. Any thread.
/// </summary>
/// <param name="tell">called for each; the text is its last argument</param>
internal sealed class ErrorLogger(string category, Action<ErrorKind, LogLevel, string> tell) : ILogger
{
    private const string Template = "{OriginalFormat}";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Error or LogLevel.Critical;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var line = eventId.Name is { Length: > 0 } name ? name : eventId.Id.ToString(CultureInfo.InvariantCulture);
        tell(new ErrorKind(category, line, exception?.GetType().FullName), logLevel, TemplateOf(state));
    }

    /// <summary>Returns the text with names for its values; a text that is only there whole may hold what people wrote.</summary>
    private static string TemplateOf<TState>(TState state) =>
        state is IEnumerable<KeyValuePair<string, object?>> values && values.FirstOrDefault(x => x.Key == Template).Value is string text
            ? text
            : "(see the log)";
}

namespace Maru.Server.Features.Operations;

/// <summary>
/// Counts the kinds of errors in this node's log, as one more logger: by category, line and exception, and without values, which may be
/// what somebody wrote. At most <see cref="MaxKinds"/>: the one that was not seen for longest makes room. Any thread.
/// </summary>
internal sealed class ErrorBook(TimeProvider time) : ILoggerProvider
{
    public const int MaxKinds = 100;

    private readonly Dictionary<(string Category, string Event, string? Exception), LoggedError> _kinds = [];     // its own lock

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    /// <summary>Returns the kinds, the last seen first.</summary>
    public IReadOnlyList<LoggedError> List(int most)
    {
        lock (_kinds) return [.. _kinds.Values.OrderByDescending(kind => kind.Last).Take(most)];
    }

    private void Count(string category, EventId line, Exception? exception)
    {
        var (name, type, now) = (line.Name ?? $"{line.Id}", exception?.GetType().FullName, time.GetUtcNow());
        lock (_kinds)
        {
            var key = (category, name, type);
            if (!_kinds.TryGetValue(key, out var kind))
            {
                if (_kinds.Count == MaxKinds) _kinds.Remove(_kinds.MinBy(x => x.Value.Last).Key);
                kind = new LoggedError(category, name, 0, now, now, type);
            }

            _kinds[key] = kind with { Count = kind.Count + 1, Last = now };
        }
    }

    private sealed class Logger(ErrorBook book, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) book.Count(category, eventId, exception);
        }
    }
}

using Maru.Server.Platform.Logging;

namespace Maru.Server.Features.Operations;

/// <summary>
/// Counts the kinds of errors in this node's log, as one more logger: by category, line and exception, and without values, which may be
/// what somebody wrote. At most <see cref="MaxKinds"/>: the one that was not seen for longest makes room. Any thread.
/// </summary>
internal sealed class ErrorBook(TimeProvider time) : ILoggerProvider
{
    public const int MaxKinds = 100;

    private readonly Dictionary<ErrorKind, LoggedError> _kinds = [];     // its own lock

    public ILogger CreateLogger(string categoryName) => new ErrorLogger(categoryName, (kind, _, _) => Count(kind));

    public void Dispose()
    {
    }

    /// <summary>Returns the kinds, the last seen first.</summary>
    public IReadOnlyList<LoggedError> List(int most)
    {
        lock (_kinds) return [.. _kinds.Values.OrderByDescending(kind => kind.Last).Take(most)];
    }

    private void Count(ErrorKind kind)
    {
        var now = time.GetUtcNow();
        lock (_kinds)
        {
            if (!_kinds.TryGetValue(kind, out var known))
            {
                if (_kinds.Count == MaxKinds) _kinds.Remove(_kinds.MinBy(x => x.Value.Last).Key);
                known = new LoggedError(kind.Category, kind.Event, 0, now, now, kind.Exception);
            }

            _kinds[kind] = known with { Count = known.Count + 1, Last = now };
        }
    }
}

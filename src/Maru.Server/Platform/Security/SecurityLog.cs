using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Maru.Server.Platform.Security;

/// <summary>
/// Writes security events: one line each under the category <c>Maru.Security</c>, Information for what went well and Warning for the rest,
/// and a counter. A flood of one kind and outcome becomes one line of its number every ten seconds, so it neither fills the disk nor hides
/// other events. Any thread.
/// </summary>
internal sealed partial class SecurityLog : IDisposable
{
    /// <summary>Lines of one kind and outcome within <see cref="Window"/>, about 900 bytes each.</summary>
    public const int MaxLines = 50;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Kind, string Outcome), Lines> _lines = new();
    private readonly Meter _meter = new("Maru.Server");
    private readonly Counter<long> _events;
    private readonly ILogger _log;
    private readonly ITimer _timer;

    public SecurityLog(ILoggerFactory logs, TimeProvider time)
    {
        _log = logs.CreateLogger("Maru.Security");
        _events = _meter.CreateCounter<long>("maru.security.events", "{event}", "Security events, by kind and outcome.");
        _timer = time.CreateTimer(_ => NextWindow(), null, Window, Window);
    }

    public void Write(in SecurityEvent @event)
    {
        _events.Add(1, new("kind", @event.Kind), new("outcome", @event.Outcome));
        var lines = _lines.GetOrAdd((@event.Kind, @event.Outcome), static _ => new Lines());
        if (Interlocked.Increment(ref lines.Count) > MaxLines) return;
        Log.Event(
            _log, LevelOf(@event.Outcome), @event.Kind, @event.Outcome, @event.User, @event.Subject, @event.Room, @event.Session,
            @event.Address, @event.Detail, @event.Request, @event.Trace);
    }

    public void Dispose()
    {
        _timer.Dispose();
        NextWindow();
        _meter.Dispose();
    }

    private static LogLevel LevelOf(string outcome) => outcome == SecurityOutcome.Success ? LogLevel.Information : LogLevel.Warning;

    /// <summary>Tells how many events of the last window had no line.</summary>
    private void NextWindow()
    {
        foreach (var ((kind, outcome), lines) in _lines)
        {
            var more = Interlocked.Exchange(ref lines.Count, 0) - MaxLines;
            if (more > 0) Log.More(_log, LevelOf(outcome), more, kind, outcome);
        }
    }

    private sealed class Lines
    {
        public int Count;
    }

    private static partial class Log
    {
        [LoggerMessage(
            "{Kind} {Outcome}: user {UserId}, account {SubjectId}, room {RoomId}, session {SessionId}, from {Address}, {Detail}, "
                + "{Request}, trace {TraceId}")]
        public static partial void Event(
            ILogger log, LogLevel level, string kind, string outcome, long? userId, long? subjectId, long? roomId, long? sessionId,
            string? address, string? detail, string? request, string? traceId);

        [LoggerMessage("{Count} more events {Kind} {Outcome} within ten seconds")]
        public static partial void More(ILogger log, LogLevel level, int count, string kind, string outcome);
    }
}

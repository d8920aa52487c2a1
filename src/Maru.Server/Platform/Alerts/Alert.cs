using Maru.Server.Platform.Logging;

namespace Maru.Server.Platform.Alerts;

/// <summary>
/// Errors of one kind that people are told of together. It has nothing of what people wrote: no value, no exception's words.
/// </summary>
/// <param name="Kind">what is the same in all of them</param>
/// <param name="Level">Error or Critical</param>
/// <param name="Template">the log line's text, with names for its values</param>
/// <param name="Count">how many there were</param>
/// <param name="First">the time of the first</param>
/// <param name="Last">the time of the last</param>
/// <param name="Trace">the trace id of the first one that has one</param>
internal sealed record Alert(
    ErrorKind Kind, LogLevel Level, string Template, long Count, DateTimeOffset First, DateTimeOffset Last, string? Trace)
{
    /// <summary>Returns both together; the other one is later.</summary>
    public Alert With(Alert later) => this with
    {
        Level = Level > later.Level ? Level : later.Level,
        Count = Count + later.Count,
        Last = later.Last,
        Trace = Trace ?? later.Trace,
    };
}

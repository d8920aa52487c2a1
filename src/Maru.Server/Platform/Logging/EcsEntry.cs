using System.Diagnostics;

namespace Maru.Server.Platform.Logging;

/// <summary>What a line of the log is made of.</summary>
/// <param name="Values">the named values of the message</param>
/// <param name="Request">the request within which it was written</param>
/// <param name="Activity">the span within which it was written</param>
internal readonly record struct EcsEntry(
    DateTimeOffset Time, LogLevel Level, string Logger, EventId Event, string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Exception, RequestScope? Request, Activity? Activity);

/// <summary>What all lines of a process say.</summary>
/// <param name="Node">the id that metrics have as <c>service.instance.id</c></param>
internal sealed record EcsService(string Name, string Version, string Node, string Host, int Process);

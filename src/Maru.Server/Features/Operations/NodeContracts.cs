using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Operations;

/// <param name="Name">host and process</param>
/// <param name="Asked">true for the node that answers</param>
/// <param name="Draining">true: it takes no new connections, until it is started anew</param>
/// <param name="LogLevel">the level that its log has for a while; absent: that of its settings</param>
/// <param name="Last">what it measured last; absent: nothing lately</param>
public sealed record NodeStatus(
    string Id, string Name, string Version, DateTimeOffset StartedAt, bool Asked, bool Draining, LogLevelSetting? LogLevel = null,
    NodePoint? Last = null);

/// <param name="Items">the first started first</param>
/// <param name="Measured">false: the node that answers measures nothing, because of <c>Maru:Metrics:Enabled</c></param>
public sealed record NodeList(IReadOnlyList<NodeStatus> Items, bool Measured);

/// <param name="Items">the oldest first; of the last 30 minutes</param>
public sealed record NodePoints(IReadOnlyList<NodePoint> Items);

/// <param name="Category">the beginning of the names of loggers: <c>Maru</c>, or one of its parts</param>
/// <param name="Until">the time at which it goes back by itself</param>
[Example("""{"category":"Maru.Server.Bus","level":"debug","until":"2026-11-20T13:05:00.000Z"}""")]
public sealed record LogLevelSetting(string Category, [property: FinerLevel] string Level, DateTimeOffset Until);

/// <param name="Category"><c>Maru</c>, or one of its parts, as <c>log.logger</c> in the log has it</param>
/// <param name="Minutes">for how long, 0 to 60; 0: it goes back at once</param>
[Example("""{"category":"Maru.Server.Bus","level":"debug","minutes":15}""")]
public sealed record LogLevelChange(
    [property: Required] string? Category, [property: Required, FinerLevel] string? Level, long Minutes = 15);

/// <summary>A statement, and what it took lately: five to ten minutes. Its text has no values.</summary>
/// <param name="Count">how often it ran</param>
/// <param name="Total">seconds of all its runs together</param>
/// <param name="Longest">seconds of its longest run</param>
[Example("""{"sql":"SELECT role FROM users WHERE id = @Value","count":120,"total":0.311,"longest":0.021}""")]
public sealed record SlowQuery(string Sql, long Count, double Total, double Longest);

/// <param name="ByTotal">those that took most together</param>
/// <param name="ByLongest">those with the longest run</param>
public sealed record SlowQueries(IReadOnlyList<SlowQuery> ByTotal, IReadOnlyList<SlowQuery> ByLongest);

/// <summary>A kind of error in a node's log, without its values.</summary>
/// <param name="Category">the logger's name</param>
/// <param name="Event">the name of the line</param>
/// <param name="Exception">the exception's type; absent: there was none</param>
[Example(
    """
    {
      "category": "Maru.Server.Bus.RedisBus", "event": "Failed", "exception": "System.TimeoutException", "count": 3,
      "first": "2026-11-20T12:49:50.840Z", "last": "2026-11-20T12:50:00.000Z"
    }
    """)]
public sealed record LoggedError(
    string Category, string Event, long Count, DateTimeOffset First, DateTimeOffset Last, string? Exception = null);

/// <param name="Items">the last seen first</param>
public sealed record LoggedErrors(IReadOnlyList<LoggedError> Items);

/// <summary>What a node tells the others of itself, besides its points.</summary>
internal sealed record NodeReport(bool Draining, LogLevelSetting? LogLevel, SlowQueries Queries, IReadOnlyList<LoggedError> Errors);

internal sealed class FinerLevelAttribute() : ValuesAttribute("LogLevel", "trace", "debug", "information");

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(NodePoints))]
[JsonSerializable(typeof(LogLevelChange))]
[JsonSerializable(typeof(SlowQueries))]
[JsonSerializable(typeof(LoggedErrors))]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(AdminUserPage))]
[JsonSerializable(typeof(SiteRoleChange))]
[JsonSerializable(typeof(AdminRoomPage))]
internal sealed partial class OperationsJson : JsonSerializerContext
{
    /// <summary>The same JSON in frames of the bus.</summary>
    public static readonly OperationsJson Frames = Json.ForEvents(options => new OperationsJson(options));
}

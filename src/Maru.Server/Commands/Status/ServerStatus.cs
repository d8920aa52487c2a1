using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform.Telemetry;

namespace Maru.Server.Commands.Status;

/// <summary>What a server says of itself, from two looks at its metrics. Null: it does not tell, or there is none.</summary>
/// <param name="Url">where it was asked</param>
/// <param name="IsReady">it can serve</param>
/// <param name="Version">of its program</param>
/// <param name="Node">its id, which changes with each start</param>
/// <param name="UpSeconds">since its start</param>
/// <param name="Connections">open ones of clients</param>
/// <param name="Rooms">that are loaded</param>
/// <param name="MessagesPerSecond">entries of rooms that became durable, between the looks</param>
/// <param name="Durable">from arrival to being durable</param>
/// <param name="Delivery">from there to being written for all who listen</param>
/// <param name="CommitsPerSecond">transactions of the commit loops, between the looks</param>
/// <param name="Batch">drafts that one of them took</param>
/// <param name="WaitingBytes">of drafts that wait for the store</param>
/// <param name="MemoryBytes">that clients make it keep</param>
/// <param name="MemoryLimitBytes">bound of that</param>
/// <param name="SearchLag">age of messages when they came into the index</param>
/// <param name="IsBusConnected">the quick bus between nodes works; also false where there is none</param>
/// <param name="AuditDrift">numbers that the last audit found wrong</param>
/// <param name="AuditAgeSeconds">since the last audit</param>
internal sealed record ServerStatus(
    string Url, bool IsReady, string? Version, string? Node, double? UpSeconds, double? Connections, double? Rooms,
    double MessagesPerSecond, Quantiles? Durable, Quantiles? Delivery, double CommitsPerSecond, Quantiles? Batch, double? WaitingBytes,
    double? MemoryBytes, double? MemoryLimitBytes, Quantiles? SearchLag, bool? IsBusConnected, double? AuditDrift, double? AuditAgeSeconds)
{
    /// <param name="url">where it was asked</param>
    /// <param name="isReady">what it said of itself</param>
    /// <param name="before">the first look</param>
    /// <param name="now">the second</param>
    /// <param name="between">the time between them</param>
    public static ServerStatus Of(string url, bool isReady, PrometheusText before, PrometheusText now, TimeSpan between)
    {
        return new ServerStatus(
            url,
            isReady,
            now.Label("target_info", "service_version"),
            now.Label("target_info", "service_instance_id"),
            now.Sum("maru_uptime_seconds"),
            now.Sum("maru_connections"),
            now.Sum("maru_rooms"),
            Rate(now.Sum("maru_entries_committed_total"), before.Sum("maru_entries_committed_total")),
            Between("maru_write_durable_duration_seconds"),
            Between("maru_delivery_duration_seconds"),
            Rate(now.Histogram("maru_commit_duration_seconds").Count, before.Histogram("maru_commit_duration_seconds").Count),
            Between("maru_commit_size"),
            now.Sum("maru_commit_waiting_bytes"),
            now.Sum("maru_memory_used_bytes"),
            now.Sum("maru_memory_limit_bytes"),
            Between("maru_search_lag_seconds"),
            now.Least("maru_bus_connected") is { } bus ? bus > 0 : null,
            now.Sum("maru_audit_drift"),
            now.Sum("maru_audit_age_seconds"));

        double Rate(double? later, double? earlier) => Math.Max(0, ((later ?? 0) - (earlier ?? 0)) / between.TotalSeconds);

        Quantiles? Between(string name)
        {
            var all = now.Histogram(name);
            var news = all.Since(before.Histogram(name));
            return Quantiles.Of(news, isRecent: true) ?? Quantiles.Of(all, isRecent: false);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, StatusJson.Default.ServerStatus);
}

/// <param name="P50">half of all values are below it</param>
/// <param name="P99">99 in a hundred are below it</param>
/// <param name="IsRecent">true: of those between the two looks; false: none came, and it is of all since the start</param>
internal sealed record Quantiles(double P50, double P99, bool IsRecent)
{
    public static Quantiles? Of(Histogram histogram, bool isRecent) =>
        histogram.At(0.5) is { } half && histogram.At(0.99) is { } most ? new Quantiles(half, most, isRecent) : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;

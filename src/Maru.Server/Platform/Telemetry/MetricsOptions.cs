namespace Maru.Server.Platform.Telemetry;

/// <summary>Metrics for Prometheus, at <c>/metrics</c>.</summary>
internal sealed class MetricsOptions
{
    /// <summary>
    /// Addresses and networks from which they may be read, with commas between: <c>10.1.0.0/16</c>. This machine's own may in any case.
    /// </summary>
    public string Networks { get; set; } = "";
}

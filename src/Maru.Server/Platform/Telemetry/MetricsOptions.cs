namespace Maru.Server.Platform.Telemetry;

/// <summary>Metrics for Prometheus, at <c>/metrics</c>, and by OTLP.</summary>
internal sealed class MetricsOptions
{
    /// <summary>False: nothing is measured, and there is no <c>/metrics</c>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Addresses and networks from which they may be read, with commas between: <c>10.1.0.0/16</c>. This machine's own may in any case.
    /// </summary>
    public string Networks { get; set; } = "";
}

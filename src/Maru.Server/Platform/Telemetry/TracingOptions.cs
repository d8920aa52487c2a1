using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Platform.Telemetry;

/// <summary>Traces, which are sent by OTLP to where <c>OTEL_*</c> says.</summary>
internal sealed class TracingOptions
{
    /// <summary>
    /// The share of requests and messages that are followed: 0 none, 1 all. Chance decides at the arrival, and that holds on every node;
    /// neither the number of a client's trace nor its mark decides anything.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Ratio { get; set; } = 0.01;
}

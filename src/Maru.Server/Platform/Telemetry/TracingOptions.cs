using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Platform.Telemetry;

/// <summary>Traces, which are sent by OTLP to where <c>OTEL_*</c> says.</summary>
internal sealed class TracingOptions
{
    /// <summary>
    /// The share of requests and messages that are followed: 0 none, 1 all. The trace's number decides, so a message is followed on every
    /// node or on none; that a client marks its own as sampled decides nothing.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Ratio { get; set; } = 0.01;
}

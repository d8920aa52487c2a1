using Maru.Server.Cluster;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Maru.Server.Platform.Telemetry;

/// <summary>
/// Hands on what the program measures, by OpenTelemetry: to Prometheus, which fetches it, and by OTLP to where <c>OTEL_*</c> says.
/// docs/metrics.md lists it.
/// </summary>
internal static class Telemetry
{
    /// <summary>Where OTLP goes to, by the specification of OpenTelemetry: where neither is set, nowhere.</summary>
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    private static readonly string[] Meters =
    [
        "Maru.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql",
    ];

    // From half a millisecond, in which a message is delivered, to half a minute, for which nobody waits; an index may be behind for more.
    private static readonly double[] Seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private static readonly double[] Numbers = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    public static void AddTelemetry(this WebApplicationBuilder builder, MetricsOptions options)
    {
        if (!options.Enabled) return;
        var isPushed = Array.Exists(Endpoints, name => !string.IsNullOrEmpty(builder.Configuration[name]));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters).AddPrometheusExporter();
            metrics.AddView(instrument => instrument.Meter.Name.StartsWith("Maru.", StringComparison.Ordinal)
                ? new ExplicitBucketHistogramConfiguration { Boundaries = instrument.Unit == "s" ? Seconds : Numbers }
                : null);
            if (isPushed) metrics.AddOtlpExporter();
        });
        builder.Services.ConfigureOpenTelemetryMeterProvider((services, metrics) =>
        {
            var node = services.GetRequiredService<ThisNode>().Id.ToString();
            metrics.ConfigureResource(resource =>
                resource.AddService("maru", serviceVersion: Product.Version, serviceInstanceId: node).AddEnvironmentVariableDetector());
        });
    }
}

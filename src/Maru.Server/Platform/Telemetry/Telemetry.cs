using Maru.Engine;
using Maru.Server.Cluster;
using Maru.Server.Storage;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Maru.Server.Platform.Telemetry;

/// <summary>
/// Hands on what the program measures, follows and logs, by OpenTelemetry: metrics to Prometheus, which fetches them, and everything by
/// OTLP to where <c>OTEL_*</c> says. docs/metrics.md and docs/tracing.md list it.
/// </summary>
internal static class Telemetry
{
    private static readonly string[] Meters =
    [
        "Maru.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql",
    ];

    // From half a millisecond, in which a message is delivered, to half a minute, for which nobody waits; an index may be behind for more.
    private static readonly double[] Seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private static readonly double[] Numbers = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    // Series of one metric, whose room is taken when the metric is made: 2,000, the library's own, are 35 MB for all of them.
    private const int Series = 400;

    public static void AddTelemetry(this WebApplicationBuilder builder, MetricsOptions metrics, TracingOptions tracing)
    {
        var telemetry = builder.Services.AddOpenTelemetry();
        if (metrics.Enabled) telemetry.WithMetrics(provider => AddMetrics(provider, IsPushed("METRICS")));
        if (tracing.Ratio > 0 && IsPushed("TRACES")) telemetry.WithTracing(provider => AddTraces(provider, tracing));
        if (IsPushed("LOGS")) telemetry.WithLogging(provider => provider.AddProcessor(new QuietErrors()).AddOtlpExporter());
        builder.Services.AddSingleton<NodeMetrics>();
        builder.Services.ConfigureOpenTelemetryMeterProvider((services, provider) =>
        {
            services.GetRequiredService<NodeMetrics>();
            provider.ConfigureResource(Of(services));
        });
        builder.Services.ConfigureOpenTelemetryTracerProvider((services, provider) => provider.ConfigureResource(Of(services)));
        builder.Services.ConfigureOpenTelemetryLoggerProvider((services, provider) => provider.ConfigureResource(Of(services)));

        // Where OTLP goes to, by the specification of OpenTelemetry: where neither is set, nowhere.
        bool IsPushed(string signal) => !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
            || !string.IsNullOrEmpty(builder.Configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);
    }

    private static void AddMetrics(MeterProviderBuilder provider, bool isPushed)
    {
        provider.AddMeter(Meters).AddPrometheusExporter();
        provider.AddView(instrument => instrument switch
        {
            { Name: "http.server.request.duration" } => null,
            _ when !instrument.Meter.Name.StartsWith("Maru.", StringComparison.Ordinal) =>
                new MetricStreamConfiguration { CardinalityLimit = Series },
            _ => new ExplicitBucketHistogramConfiguration
            {
                Boundaries = instrument.Unit == "s" ? Seconds : Numbers,
                CardinalityLimit = Series,
            },
        });
        if (isPushed) provider.AddOtlpExporter();
    }

    private static void AddTraces(TracerProviderBuilder provider, TracingOptions options)
    {
        provider.AddSource(MessageTrace.SourceName, StoreTelemetry.SourceName, "Npgsql");
        provider.SetSampler(new OwnDice(options.Ratio));
        provider.AddAspNetCoreInstrumentation(requests =>
        {
            requests.Filter = context => !context.WebSockets.IsWebSocketRequest && !IsProbe(context.Request.Path);
            // Addresses may carry secrets and what people wrote: an invitation, a search.
            requests.EnrichWithHttpResponse = (span, response) =>
                span.SetTag("url.path", Problems.Route(response.HttpContext)).SetTag("url.query", null);
        });
        provider.AddOtlpExporter();
    }

    private static bool IsProbe(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics");

    private static Action<ResourceBuilder> Of(IServiceProvider services)
    {
        var node = services.GetRequiredService<ThisNode>().Id.ToString();
        return resource =>
            resource.AddService("maru", serviceVersion: Product.Version, serviceInstanceId: node).AddEnvironmentVariableDetector();
    }
}

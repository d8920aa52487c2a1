using System.Net;
using Maru.Engine.Problems;
using Maru.Server.Platform.Http;

namespace Maru.Server.Platform.Telemetry;

/// <summary>
/// The metrics for Prometheus. They name nobody, but say how much goes on: so they are for this machine and for those whom the operator
/// names. A request that a proxy has passed on, which the settings do not know, comes from anywhere.
/// </summary>
internal static class MetricsEndpoint
{
    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<MetricsOptions>();
        var networks = NetworkList.Read("Maru:Metrics:Networks", options.Networks);
        if (!options.Enabled) return;
        var exporter = routes.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build();
        routes.MapGet("/metrics", (HttpContext context) => MayRead(context) ? exporter(context) : RefuseAsync(context))
            .ExcludeFromDescription();

        bool MayRead(HttpContext context)
        {
            if (context.Connection.RemoteIpAddress is not { } address) return false;
            if (Array.Exists(Forwarding, context.Request.Headers.ContainsKey)) return false;
            if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
            return IPAddress.IsLoopback(address) || networks.Any(network => network.Contains(address));
        }
    }

    private static Task RefuseAsync(HttpContext context) => Problem.Forbidden
        .Result("Metrics are for this machine and for the networks of Maru:Metrics:Networks.").ExecuteAsync(context);
}

namespace Maru.Server.Platform;

internal static class WebServer
{
    private const string DefaultUrl = "http://localhost:8080";

    /// <summary>Kestrel within our limits, at our address where nothing else is configured; certificates come from its own section of the settings.</summary>
    public static void AddWebServer(this WebApplicationBuilder builder, LimitOptions limits)
    {
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.RequestBytes;
            if (limits.Connections > 0) kestrel.Limits.MaxConcurrentConnections = kestrel.Limits.MaxConcurrentUpgradedConnections = limits.Connections;
        });
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null) builder.WebHost.UseUrls(DefaultUrl);
    }
}

using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Maru.Server.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using IPAddress = System.Net.IPAddress;
using IPNetwork = System.Net.IPNetwork;

namespace Maru.Server.Platform;

internal static class WebServer
{
    private const string DefaultUrl = "http://localhost:8080";

    /// <summary>
    /// Configures Kestrel with our limits, and our address where no other is configured; certificates come from its own section of the
    /// settings.
    /// </summary>
    public static void AddWebServer(this WebApplicationBuilder builder, LimitOptions limits)
    {
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;   // see HeaderText
            kestrel.Limits.MaxRequestBodySize = limits.RequestBytes;
            if (limits.Connections > 0)
                kestrel.Limits.MaxConcurrentConnections = kestrel.Limits.MaxConcurrentUpgradedConnections = limits.Connections;
        });
        if (Array.TrueForAll(["urls", "http_ports", "https_ports"], key => string.IsNullOrEmpty(builder.Configuration[key])))
            builder.WebHost.UseUrls(DefaultUrl);
    }

    /// <summary>
    /// Returns the fault of the addresses or certificates that Kestrel was given, in one line; null when something else failed.
    /// </summary>
    public static string? StartFault(Exception e) => e switch
    {
        IOException { InnerException: AddressInUseException } => $"{e.Message} Choose another with --urls, or end the program that has it.",
        SocketException or CryptographicException or UnauthorizedAccessException =>
            $"It cannot listen as --urls or the section Kestrel says. {Settings.Line(e)}",
        _ when e.Source?.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true =>
            $"It cannot listen as --urls or the section Kestrel says. {Settings.Line(e)}",
        _ => null,
    };

    /// <summary>Takes the client's address from the proxy, if it is a configured one; any other peer could name any address.</summary>
    public static void UseProxies(this WebApplication app)
    {
        var networks = app.Services.GetRequiredService<LimitOptions>().Proxies.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (networks.Length == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks) options.KnownIPNetworks.Add(Network(network));
        app.UseForwardedHeaders(options);
    }

    private static IPNetwork Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new StartException($"Maru:Limits:Proxies has {text}, which is no address (10.0.0.1) or network (10.0.0.0/8).");
    }
}

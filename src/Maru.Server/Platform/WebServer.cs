using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Maru.Server.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HostFiltering;

namespace Maru.Server.Platform;

internal static class WebServer
{
    /// <summary>Time in which the head of a request must arrive.</summary>
    public static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(15);

    private const string DefaultUrl = "http://localhost:8080";

    /// <summary>Headers of a request: until they are complete, they are in memory twice as large as on the wire.</summary>
    private const int HeaderBytes = 16 * 1024;

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
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
            kestrel.Limits.RequestHeadersTimeout = HeadTimeout;
        });
        builder.Services.Configure<HostFilteringOptions>(hosts => hosts.IncludeFailureMessage = false);   // it is a page
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
}

using System.Net;
using System.Net.Sockets;
using Maru.Load.Scenarios;

namespace Maru.Load.Clients;

/// <summary>One of the servers under load.</summary>
/// <param name="Url">its WebSocket; REST is expected at the same host and port</param>
/// <param name="Address">the address of that host</param>
internal sealed record Node(Uri Url, IPEndPoint Address)
{
    public string HostHeader => Url.Authority;

    /// <summary>Path and query of the WebSocket.</summary>
    public string Path => Url.PathAndQuery;

    public Uri Rest => new UriBuilder(Url) { Scheme = "http", Path = "/", Query = "" }.Uri;

    public static async Task<Node> FindAsync(Uri url, CancellationToken ct)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(url.Host, ct);
            return new Node(url, new IPEndPoint(addresses[0], url.Port));
        }
        catch (SocketException e)
        {
            throw new ScenarioException($"--url {url}: there is no host {url.Host}: {e.Message}");
        }
    }
}

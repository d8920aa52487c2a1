using System.Net;
using Maru.Server.Configuration;
using IPNetwork = System.Net.IPNetwork;

namespace Maru.Server.Platform.Http;

/// <summary>The networks of <see cref="LimitOptions.Proxies"/>.</summary>
internal sealed class ProxyNetworks(LimitOptions limits)
{
    private const int LeastLength = 7;      // fc00::/7, the largest private network
    private const int MappedLength = 96;    // ::ffff:0:0/96, the addresses of IPv4

    public IReadOnlyList<IPNetwork> All { get; } = [.. NetworkList.Read("Maru:Limits:Proxies", limits.Proxies).Select(Checked)];

    public bool Contains(IPAddress address) => All.Any(network => network.Contains(address));

    /// <summary>
    /// Returns the client of a request that came from a proxy, as <see cref="Proxies"/> finds it; null: the request does not name it.
    /// </summary>
    public IPAddress? ClientOf(IHeaderDictionary headers)
    {
        var words = headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries);
        foreach (var word in words.Reverse())
        {
            if (!IPEndPoint.TryParse(word.Trim('"'), out var client)) return null;
            if (!Contains(client.Address)) return client.Address;
        }

        return null;
    }

    private static IPNetwork Checked(IPNetwork network)
    {
        var length = network.PrefixLength - (network.BaseAddress.IsIPv4MappedToIPv6 ? MappedLength : 0);
        return length >= LeastLength
            ? network
            : throw new StartException(
                $"Maru:Limits:Proxies has {network}, which has too many addresses: each client in it would choose its own address by "
                + "X-Forwarded-For. Name the proxies alone (10.0.0.1, 10.0.0.0/8).");
    }
}

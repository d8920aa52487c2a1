using System.Net;
using Maru.Server.Configuration;
using IPNetwork = System.Net.IPNetwork;

namespace Maru.Server.Platform.Http;

/// <summary>The networks of <see cref="LimitOptions.Proxies"/>.</summary>
internal sealed class ProxyNetworks(LimitOptions limits)
{
    public IReadOnlyList<IPNetwork> All { get; } =
        [.. limits.Proxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Network)];

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

    private static IPNetwork Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new StartException($"Maru:Limits:Proxies has {text}, which is no address (10.0.0.1) or network (10.0.0.0/8).");
    }
}

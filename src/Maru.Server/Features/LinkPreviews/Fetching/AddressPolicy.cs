using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Maru.Server.Configuration;
using IPNetwork = System.Net.IPNetwork;

namespace Maru.Server.Features.LinkPreviews.Fetching;

/// <summary>
/// Which addresses the server connects to for somebody else's link: those of the public Internet, at the ports of the web, and the networks
/// that the operator opened. The lists are IANA's special-purpose registries
/// (https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry), and what clouds have beside them. Any
/// thread.
/// </summary>
internal sealed class AddressPolicy(FetchOptions options)
{
    private static readonly IPNetwork[] Refused4 =
    [
        .. Networks(
            "0.0.0.0/8",            // this network
            "10.0.0.0/8",           // private
            "100.64.0.0/10",        // shared by a carrier's customers; metadata of Alibaba
            "127.0.0.0/8",          // loopback
            "169.254.0.0/16",       // link-local; metadata of most clouds
            "172.16.0.0/12",        // private
            "192.0.0.0/24",         // IETF protocols; metadata of Oracle
            "192.0.2.0/24",         // documentation
            "192.31.196.0/24",      // AS112
            "192.52.193.0/24",      // AMT
            "192.88.99.0/24",       // 6to4 relays
            "192.168.0.0/16",       // private
            "192.175.48.0/24",      // AS112
            "198.18.0.0/15",        // benchmarks
            "198.51.100.0/24",      // documentation
            "203.0.113.0/24",       // documentation
            "224.0.0.0/4",          // multicast
            "240.0.0.0/4",          // reserved, broadcast
            "168.63.129.16/32"),    // the host's services of Azure
    ];

    /// <summary>All that is given to the public so far. Loopback, unique-local, link-local and multicast are outside.</summary>
    private static readonly IPNetwork Public6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Refused6 =
    [
        .. Networks(
            "2001::/23",            // IETF protocols: Teredo, ORCHID, benchmarks
            "2001:db8::/32",        // documentation
            "2002::/16",            // 6to4, which leads to any address of IPv4
            "2620:4f:8000::/48",    // AS112
            "3fff::/20"),           // documentation
    ];

    /// <summary>Where a gateway leads to IPv4 (RFC 6052): the way to most sites for a server that has IPv6 alone.</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    private readonly IPNetwork[] _opened =
        [.. options.AllowedNetworks.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Opened)];

    /// <summary>Returns whether a link may name this port at all.</summary>
    public bool AllowsPort(int port) => port is 80 or 443 || _opened.Length > 0;

    /// <summary>Returns the address to connect to, in its plain form; null: none that is allowed.</summary>
    public IPAddress? Allow(IPAddress address, int port)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (_opened.Any(network => network.Contains(plain))) return plain;
        return port is 80 or 443 && IsPublic(plain) ? plain : null;
    }

    private static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return !Refused4.Any(network => network.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0) return false;
        if (Nat64.Contains(address)) return IsPublic(new IPAddress(address.GetAddressBytes()[12..]));
        return Public6.Contains(address) && !Refused6.Any(network => network.Contains(address)) && !IsIsatap(address);
    }

    /// <summary>RFC 5214, 6.1: the last half is 0000:5efe or 0200:5efe and an address of IPv4, to which it may be tunnelled.</summary>
    private static bool IsIsatap(IPAddress address) =>
        (BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan(8)) & ~0x0300_0000u) == 0x0000_5EFE;

    private static IEnumerable<IPNetwork> Networks(params string[] networks) => networks.Select(text => IPNetwork.Parse(text));

    private static IPNetwork Opened(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new StartException(
            $"Maru:LinkPreviews:AllowedNetworks has {text}, which is no address (10.0.0.1) or network (10.0.0.0/8).");
    }
}

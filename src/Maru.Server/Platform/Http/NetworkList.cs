using System.Net;
using Maru.Server.Configuration;
using IPNetwork = System.Net.IPNetwork;

namespace Maru.Server.Platform.Http;

/// <summary>Networks as a setting has them: addresses and networks with commas between.</summary>
internal static class NetworkList
{
    /// <param name="setting">the name of the setting, for the error</param>
    /// <param name="text">its value</param>
    /// <exception cref="StartException">One of them is none.</exception>
    public static IReadOnlyList<IPNetwork> Read(string setting, string text) =>
    [
        .. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(one => Network(setting, one)),
    ];

    private static IPNetwork Network(string setting, string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new StartException($"{setting} has {text}, which is no address (10.0.0.1) or network (10.0.0.0/8).");
    }
}

using System.Net;
using System.Net.Sockets;

namespace Maru.Load.Sockets;

/// <summary>
/// Addresses of this machine's loopback network, so that a server on it sees many people's addresses, or keeps attackers and members apart.
/// </summary>
internal static class LoopbackAddress
{
    public const byte Members = 55;
    public const byte Attackers = 66;
    public const byte Newcomers = 77;

    /// <summary>Addresses of one network.</summary>
    public const int Most = 60_000;

    private const int IpProtoIp = 0;
    private const int BindAddressNoPort = 24;       // connections may share a port: it is chosen when they connect

    /// <summary>Returns address <paramref name="number"/> of 127.<paramref name="network"/>.0.0; null for a server elsewhere.</summary>
    public static IPEndPoint? Of(IPEndPoint server, byte network, int number) =>
        server.AddressFamily == AddressFamily.InterNetwork && IPAddress.IsLoopback(server.Address)
            ? new IPEndPoint(new IPAddress([127, network, (byte)(number / 250), (byte)(1 + (number % 250))]), 0)
            : null;

    public static void Bind(Socket socket, IPEndPoint address)
    {
        socket.SetRawSocketOption(IpProtoIp, BindAddressNoPort, [1, 0, 0, 0]);
        socket.Bind(address);
    }
}

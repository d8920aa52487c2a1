using System.Net;
using System.Net.Sockets;

namespace Maru.Server.Tests.Kit;

internal static class Ports
{
    /// <summary>A port of 127.0.0.1 that nobody has at this moment.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

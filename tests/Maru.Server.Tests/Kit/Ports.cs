using System.Net;
using System.Net.Sockets;

namespace Maru.Server.Tests.Kit;

internal static class Ports
{
    // Below the ports of outgoing connections: one of those could take a port between the question and the server's start.
    private const int First = 10_000;
    private const int Count = 10_000;

    private static int Next = Random.Shared.Next(Count);

    /// <summary>Returns a free port of 127.0.0.1 that no other test of this process gets for a long time.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = First + ((Interlocked.Increment(ref Next) & int.MaxValue) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // somebody else's
            }
        }
    }
}

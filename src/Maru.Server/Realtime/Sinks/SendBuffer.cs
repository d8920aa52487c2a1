using System.Net.Sockets;

namespace Maru.Server.Realtime.Sinks;

/// <summary>What the kernel holds of what is sent by a socket that the web server made.</summary>
internal static class SendBuffer
{
    /// <summary>Bounds it; returns the bytes that it costs. socket(7): the kernel doubles the size, for what it needs itself.</summary>
    public static int Bound(Socket socket, int bytes)
    {
        try
        {
            socket.SendBufferSize = bytes;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has gone while their request waited, as the reader will find.
        }

        return 2 * bytes;
    }
}

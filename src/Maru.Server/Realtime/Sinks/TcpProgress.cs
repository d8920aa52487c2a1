using System.Buffers.Binary;
using System.Net.Sockets;

namespace Maru.Server.Realtime.Sinks;

/// <summary>Reads a peer's progress from the kernel.</summary>
internal static class TcpProgress
{
    // linux/tcp.h: getsockopt(SOL_TCP, TCP_INFO) fills struct tcp_info; tcpi_bytes_acked since Linux 4.1
    private const int SolTcp = 6;
    private const int TcpInfo = 11;
    private const int BytesAcked = 120;

    /// <summary>
    /// Returns the bytes that the peer's kernel has acknowledged since the connection began; 0 where the system does not tell.
    /// </summary>
    public static long Acknowledged(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        Span<byte> info = stackalloc byte[BytesAcked + sizeof(long)];
        try
        {
            return socket.GetRawSocketOption(SolTcp, TcpInfo, info) < info.Length
                ? 0
                : BinaryPrimitives.ReadInt64LittleEndian(info[BytesAcked..]);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}

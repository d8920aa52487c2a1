using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Maru.Server.Tests.Kit;

/// <summary>A client's HTTP request for a WebSocket, on a bare socket.</summary>
internal static class Upgrade
{
    public static byte[] Request(Uri address, string path, string? subprotocol, string? header = null)
    {
        var request = new StringBuilder(
            $"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
        request.Append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        if (subprotocol is not null) request.Append($"Sec-WebSocket-Protocol: {subprotocol}\r\n");
        if (header is not null) request.Append($"{header}\r\n");
        return Encoding.ASCII.GetBytes(request.Append("\r\n").ToString());
    }

    /// <summary>Sends bytes on a new connection and reads the head of the response.</summary>
    public static async Task<(Socket Socket, string Head, byte[] Left)> RequestAsync(Uri address, byte[] request, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;   // before connecting: it decides the window
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), TestContext.Current.CancellationToken);
        await socket.SendAsync(request);
        List<byte> answer = [];
        var buffer = new byte[1024];
        while (true)
        {
            var end = CollectionsMarshal.AsSpan(answer).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return (socket, Encoding.ASCII.GetString([.. answer[..end]]), [.. answer[(end + 4)..]]);
            var count = await socket.ReceiveAsync(buffer).Within("the answer to the upgrade");
            if (count == 0) return (socket, Encoding.ASCII.GetString([.. answer]), []);
            answer.AddRange(buffer[..count]);
        }
    }
}

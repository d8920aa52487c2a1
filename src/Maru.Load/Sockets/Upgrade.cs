using System.Security.Cryptography;
using System.Text;

namespace Maru.Load.Sockets;

/// <summary>
/// The HTTP exchange that opens a WebSocket (RFC 6455, 4.1). The key is the same each time: it protects against caches, and there are none
/// here.
/// </summary>
internal static class Upgrade
{
    private const string Key = "bWFydS1sb2FkLW1hcnUtbA==";

    private static readonly byte[] Accept = Encoding.ASCII.GetBytes(Convert.ToBase64String(
#pragma warning disable CA5350 // RFC 6455 prescribes SHA-1 here
        SHA1.HashData(Encoding.ASCII.GetBytes(Key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))));
#pragma warning restore CA5350

    public static byte[] Request(string host, string path) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {Key}\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: v12.stomp\r\n\r\n");

    /// <summary>
    /// Reads the response; returns its bytes, 0 when it is not whole yet, -1 when it is not a WebSocket's; then <paramref name="problem"/>
    /// describes it.
    /// </summary>
    public static int Read(ReadOnlySpan<byte> input, out string problem)
    {
        problem = "";
        var end = input.IndexOf("\r\n\r\n"u8);
        if (end < 0 && input.Length < 16 * 1024) return 0;
        var head = end < 0 ? input : input[..end];
        var line = head.IndexOf("\r\n"u8) is > 0 and var at ? head[..at] : head;
        if (line.StartsWith("HTTP/1.1 101"u8) && end >= 0 && head.IndexOf(Accept) >= 0) return end + 4;
        problem = "it answered " + Encoding.Latin1.GetString(line[..Math.Min(line.Length, 100)]);
        return -1;
    }
}

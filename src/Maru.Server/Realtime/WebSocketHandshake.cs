using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Maru.Server.Realtime;

/// <summary>The handshake of RFC 6455, section 4, on the server's side, shared by all sockets.</summary>
internal static class WebSocketHandshake
{
    public const string Version = "13";

    /// <summary>
    /// Returns whether the fields ask for a WebSocket, perhaps among other protocols (RFC 9110, 7.8: the server chooses).
    /// </summary>
    public static bool IsAskedFor(IHeaderDictionary headers) =>
        Lists(headers.Upgrade, "websocket") && Lists(headers.Connection, "upgrade");

    public static bool HasVersion(IHeaderDictionary headers) => headers.SecWebSocketVersion is [Version];

    /// <summary>
    /// Returns the accept key, which proves that the server read the client's key: <c>base64(SHA-1(key + GUID))</c>; null unless there is
    /// one key, the base64 of 16 bytes.
    /// </summary>
    public static string? Accept(IHeaderDictionary headers)
    {
        if (headers.SecWebSocketKey is not [{ Length: 24 } key]) return null;
        Span<byte> nonce = stackalloc byte[18];
        if (!Convert.TryFromBase64String(key, nonce, out var length) || length != 16) return null;
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 names SHA-1; it protects nothing here
        SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    /// <summary>Returns the first of our subprotocols that the client offers; null when it offers none of them.</summary>
    public static string? ChooseSubprotocol(IHeaderDictionary headers, string[] ours) =>
        Array.Find(ours, one => Lists(headers.SecWebSocketProtocol, one, StringComparison.Ordinal));

    /// <summary>RFC 9110, 5.6.1: <c>#element</c>, in one field line or several.</summary>
    private static bool Lists(StringValues lines, string element, StringComparison comparison = StringComparison.OrdinalIgnoreCase)
    {
        foreach (var line in lines)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan()[part].Trim(" \t").Equals(element, comparison)) return true;
            }
        }

        return false;
    }
}

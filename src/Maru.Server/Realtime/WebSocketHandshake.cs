using System.Security.Cryptography;
using System.Text;
using Maru.Engine.Log;
using Microsoft.AspNetCore.WebUtilities;

namespace Maru.Server.Realtime;

/// <summary>RFC 6455, section 4: what both ways in, the short and the general one, agree on.</summary>
internal static class WebSocketHandshake
{
    /// <summary>Seconds after which a client that found no room may ask again.</summary>
    public const string RetryAfter = "5";

    private static readonly string[] Subprotocols = ["v12.stomp", "v11.stomp", "v10.stomp"];

    /// <summary>The newest of ours among those that the client offers; null when it offers none of them: then <c>accept-version</c> decides.</summary>
    /// <param name="offered">comma-separated, in one header or several</param>
    public static string? ChooseSubprotocol(string offered)
    {
        foreach (var ours in Subprotocols)
        {
            foreach (var theirs in offered.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (theirs == ours) return ours;
            }
        }

        return null;
    }

    /// <summary>The proof that the server read the key: <c>base64(SHA-1(key + GUID))</c>; null when the key is not the base64 of 16 bytes.</summary>
    public static string? Accept(string key)
    {
        Span<byte> nonce = stackalloc byte[18];
        if (key.Length != 24 || !Convert.TryFromBase64String(key, nonce, out var length) || length != 16) return null;
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 names SHA-1; it protects nothing here
        SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    /// <summary>The whole refusal, for the short way.</summary>
    public static byte[] Refusal(Problem problem)
    {
        var body = EventJson.Problem(problem);
        var head = $"HTTP/1.1 {problem.Status} {ReasonPhrases.GetReasonPhrase(problem.Status)}\r\nContent-Type: application/problem+json\r\nContent-Length: {body.Length}\r\n"
            + $"Retry-After: {RetryAfter}\r\nConnection: close\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <summary>The whole answer, for the short way.</summary>
    public static byte[] Response(string accept, string? subprotocol) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n"
        + (subprotocol is null ? "\r\n" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n"));
}

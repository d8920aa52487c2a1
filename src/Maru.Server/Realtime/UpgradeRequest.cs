using System.Buffers;
using System.Text;

namespace Maru.Server.Realtime;

/// <summary>The head of a plain, ordinary WebSocket request for <c>/ws</c>. Whatever is not just that is left to the HTTP server, which knows how to refuse it.</summary>
internal sealed record UpgradeRequest(string Accept, string Subprotocols)
{
    private const int LongestHead = 8 * 1024;

    private static ReadOnlySpan<byte> Start => "GET /ws "u8;

    /// <summary>Reads the head off the first bytes of a connection.</summary>
    /// <param name="buffer">what came so far</param>
    /// <param name="needMore">it may become one: read on</param>
    /// <param name="end">where the first frame begins</param>
    /// <returns>null: it is something else, or not complete</returns>
    public static UpgradeRequest? TryRead(ReadOnlySequence<byte> buffer, out bool needMore, out SequencePosition end)
    {
        end = buffer.Start;
        var head = buffer.Slice(0, Math.Min(buffer.Length, LongestHead)).ToArray();
        var known = Math.Min(head.Length, Start.Length);
        var complete = head.AsSpan().IndexOf("\r\n\r\n"u8);
        var plausible = head.AsSpan(0, known).SequenceEqual(Start[..known]);
        needMore = plausible && complete < 0 && head.Length < LongestHead;
        if (!plausible || complete < 0) return null;

        var request = Parse(Encoding.Latin1.GetString(head, 0, complete));
        if (request is not null) end = buffer.GetPosition(complete + 4);
        return request;
    }

    private static UpgradeRequest? Parse(string head)
    {
        string? key = null, version = null, subprotocols = null;
        bool host = false, upgrade = false, connection = false;
        var lines = head.Split("\r\n");
        if (lines[0] != "GET /ws HTTP/1.1") return null;
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            // A blank in front of the colon, or a folded line: what means one thing here and another to a proxy.
            if (colon <= 0 || line.Contains('\n', StringComparison.Ordinal) || line.AsSpan(0, colon).ContainsAny(' ', '\t')) return null;
            var value = line[(colon + 1)..].Trim();
            switch (line[..colon].ToUpperInvariant())
            {
                case "HOST" when host:
                    return null;
                case "HOST":
                    host = true;
                    break;
                case "UPGRADE":
                    upgrade = value.Equals("websocket", StringComparison.OrdinalIgnoreCase);
                    break;
                case "CONNECTION":
                    connection = value.Split(',', StringSplitOptions.TrimEntries).Contains("upgrade", StringComparer.OrdinalIgnoreCase);
                    break;
                case "SEC-WEBSOCKET-VERSION":
                    version = value;
                    break;
                case "SEC-WEBSOCKET-KEY" when key is not null:
                case "CONTENT-LENGTH":
                case "TRANSFER-ENCODING":
                    return null;
                case "SEC-WEBSOCKET-KEY":
                    key = value;
                    break;
                case "SEC-WEBSOCKET-PROTOCOL":
                    subprotocols = subprotocols is null ? value : $"{subprotocols},{value}";
                    break;
            }
        }

        if (!host || !upgrade || !connection || version != "13" || key is null || WebSocketHandshake.Accept(key) is not { } accept) return null;
        return new UpgradeRequest(accept, subprotocols ?? "");
    }
}

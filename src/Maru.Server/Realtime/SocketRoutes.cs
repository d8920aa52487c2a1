using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Protocols;
using Maru.Engine.Protocols.Stomp;
using Maru.Server.Platform.Http;

namespace Maru.Server.Realtime;

/// <summary>
/// The table of all addresses that speak WebSocket; both <see cref="WebSocketEdge"/> and <see cref="WebSocketEndpoint"/> use it.
/// </summary>
internal sealed class SocketRoutes(ChatEngine engine, HttpOptions options)
{
    public SocketRoute[] All { get; } =
    [
        new("/ws", ["v12.stomp", "v11.stomp", "v10.stomp"],
            (sink, subprotocol) => new StompSession(sink, engine.Clients, Framing.WebSocket, StompVersions.OfSubprotocol(subprotocol))),
    ];

    public SocketRoute? Find(ReadOnlySpan<char> target)
    {
        if (target.StartsWith(options.BasePath)) target = target[options.BasePath.Length..];
        foreach (var route in All)
        {
            if (route.Takes(target)) return route;
        }

        return null;
    }
}

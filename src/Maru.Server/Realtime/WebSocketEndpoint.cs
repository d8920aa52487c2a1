using System.IO.Pipelines;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Sockets;
using Maru.Server.Realtime.Sinks;
using Microsoft.AspNetCore.Http.Features;

namespace Maru.Server.Realtime;

/// <summary>
/// Accepts all other sockets, as an ordinary endpoint: over TLS, over HTTP/2 (RFC 8441), and requests that <see cref="WebSocketEdge"/>
/// leaves to it. It refuses for both.
/// </summary>
internal sealed class WebSocketEndpoint(ChatEngine engine, Origins origins)
{
    /// <summary>Seconds after which a client that was refused for want of room may ask again.</summary>
    public const string RetryAfter = "5";

    /// <summary>RFC 6455, 4.1, wants GET; RFC 8441, 4, CONNECT; HEAD gets the response of GET, which never upgrades.</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Connect];

    public async Task AcceptAsync(HttpContext context, SocketRoute route)
    {
        var connect = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } feature ? feature : null;
        if (Refusal(context, connect) is var (problem, detail))
        {
            await Problems.WriteAsync(context, problem, detail);
            return;
        }

        var sink = new StreamSink(context, engine.Options);
        var subprotocol = WebSocketHandshake.ChooseSubprotocol(context.Request.Headers, route.Subprotocols);
        var session = route.Open(sink, subprotocol);
        if (!engine.Connections.TryOpen(session.Connection, Peer.SourceOf(context)))
        {
            context.Response.Headers.RetryAfter = RetryAfter;
            await Problems.WriteAsync(context, engine.NoRoom);
            return;
        }

        var peer = Peer.Of(context.Features);
        // Streams of HTTP/2 share a connection.
        if (connect is null) peer.Open(session.Connection);
        try
        {
            var stream = await SwitchAsync(context, connect, subprotocol);
            sink.Begin(stream);
            await WebSocketConnection.RunAsync(PipeReader.Create(stream), session, peer);
        }
        catch (Exception e) when (WebSocketConnection.IsGone(e))
        {
            // The client has gone while their request waited for its turn.
        }
        finally
        {
            session.Closed();
            sink.Leave();
        }
    }

    private (Problem Problem, string? Detail)? Refusal(HttpContext context, IHttpExtendedConnectFeature? connect)
    {
        var (request, response) = (context.Request, context.Response.Headers);
        var canUpgrade = request.Method == HttpMethods.Get && HttpProtocol.IsHttp11(request.Protocol);
        if (connect is null && !(canUpgrade && WebSocketHandshake.IsAskedFor(request.Headers)))
        {
            // A Connection header without keep-alive makes Kestrel close: the client must be told, or its next request is lost.
            if (!HttpProtocol.IsHttp2(request.Protocol)) (response.Upgrade, response.Connection) = ("websocket", "Upgrade, close");
            return (Problem.UpgradeRequired, null);
        }

        if (connect is not null && !string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase))
            return (Problem.Malformed, "The :protocol of the CONNECT must be websocket.");
        if (!WebSocketHandshake.HasVersion(request.Headers) || (connect is null && WebSocketHandshake.Accept(request.Headers) is null))
        {
            response.SecWebSocketVersion = WebSocketHandshake.Version;
            return (Problem.Malformed, "Sec-WebSocket-Version must be 13 and Sec-WebSocket-Key the base64 of 16 bytes.");
        }

        if (!origins.MayConnect(request.Headers)) return (Problem.Forbidden, "Pages of this origin may not use this server.");
        if (connect is not null) return null;
        var hasBody = context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true };
        return hasBody ? (Problem.Malformed, "This request cannot have a body.") : null;
    }

    /// <summary>Accepts: responds with the handshake's own fields alone, and returns the WebSocket's stream.</summary>
    private static async Task<Stream> SwitchAsync(HttpContext context, IHttpExtendedConnectFeature? connect, string? subprotocol)
    {
        var response = context.Response.Headers;
        response.Clear();
        response.SecWebSocketProtocol = subprotocol;
        if (connect is not null) return await connect.AcceptAsync();
        (response.Connection, response.Upgrade) = ("Upgrade", "websocket");
        response.SecWebSocketAccept = WebSocketHandshake.Accept(context.Request.Headers);
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}

using System.IO.Pipelines;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Protocols;
using Maru.Engine.Protocols.Stomp;
using Maru.Server.Platform;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Maru.Server.Realtime;

/// <summary>
/// The ways in to <c>/ws</c>. The short one takes an ordinary upgrade request off a plain connection before HTTP is set up for it, so that an idle client holds no
/// request, response or context. The general one is an endpoint like any other, for TLS and for whatever the short one does not take.
/// </summary>
internal sealed class WebSocketEdge(ChatEngine engine, TimeProvider time)
{
    // What Kestrel gives a new connection to send its first request.
    private static readonly TimeSpan FirstRequest = TimeSpan.FromSeconds(30);

    /// <summary>Why a connection was not taken.</summary>
    private Problem NoRoom => engine.IsDraining || engine.Stopping.IsCancellationRequested ? Problem.ShuttingDown : Problem.TooManyConnections;

    /// <summary>The short way: connection middleware.</summary>
    public ConnectionDelegate Intercept(ConnectionDelegate next) => connection => InterceptAsync(connection, next);

    /// <summary>The general way: an endpoint.</summary>
    public async Task AcceptAsync(HttpContext context)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        var headers = context.Request.Headers;
        var accept = WebSocketHandshake.Accept(headers.SecWebSocketKey.ToString());
        if (upgrade is not { IsUpgradableRequest: true } || !HttpProtocol.IsHttp11(context.Request.Protocol) || !headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.Connection = "Upgrade";
            await Problems.WriteAsync(context, Problem.UpgradeRequired);
            return;
        }

        if (headers.SecWebSocketVersion != "13" || accept is null)
        {
            context.Response.Headers.SecWebSocketVersion = "13";
            await Problems.WriteAsync(context, Problem.Malformed, "Sec-WebSocket-Version must be 13 and Sec-WebSocket-Key the base64 of 16 bytes.");
            return;
        }

        var sink = new StreamSink(context.Features.Get<IConnectionSocketFeature>()?.Socket, context.Abort);
        var subprotocol = WebSocketHandshake.ChooseSubprotocol(headers.SecWebSocketProtocol.ToString());
        var session = new StompSession(sink, engine.Clients, Framing.WebSocket, StompVersions.OfSubprotocol(subprotocol));
        if (!engine.Connections.TryOpen(session.Connection))
        {
            context.Response.Headers.RetryAfter = WebSocketHandshake.RetryAfter;
            await Problems.WriteAsync(context, NoRoom);
            return;
        }

        context.Response.Headers.SecWebSocketAccept = accept;
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        if (subprotocol is not null) context.Response.Headers.SecWebSocketProtocol = subprotocol;
        var stream = sink.Stream = await upgrade.UpgradeAsync();
        await WebSocketConnection.RunAsync(PipeReader.Create(stream), session);
    }

    private async Task InterceptAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket is null || await ReadRequestAsync(connection) is not { } request)
        {
            await next(connection);
            return;
        }

        socket.Blocking = false;
        socket.NoDelay = true;
        // Left to itself the kernel lets megabytes wait for a slow reader. With 1,000 of them its memory for TCP ran short, and with it everybody's windows.
        socket.SendBufferSize = engine.Options.SendBufferBytes;
        var sink = new SocketSink(socket, connection.Abort);
        var subprotocol = WebSocketHandshake.ChooseSubprotocol(request.Subprotocols);
        var session = new StompSession(sink, engine.Clients, Framing.WebSocket, StompVersions.OfSubprotocol(subprotocol));
        if (!engine.Connections.TryOpen(session.Connection))
        {
            sink.TryWrite(WebSocketHandshake.Refusal(NoRoom));
            return;
        }

        sink.TryWrite(WebSocketHandshake.Response(request.Accept, subprotocol));
        await WebSocketConnection.RunAsync(connection.Transport.Input, session);
    }

    /// <summary>The upgrade request, taken off the connection; null: something else, still there to be read.</summary>
    private async Task<UpgradeRequest?> ReadRequestAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var deadline = new CancellationTokenSource(FirstRequest, time);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(deadline.Token);
                var request = UpgradeRequest.TryRead(read.Buffer, out var needMore, out var end);
                if (request is not null || !needMore || read.IsCompleted)
                {
                    input.AdvanceTo(end, end);
                    return request;
                }

                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException)
        {
            connection.Abort();
            return null;
        }
    }
}

using System.Buffers;
using System.Net;
using System.Text;
using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.Protocols;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Sockets;
using Maru.Server.Platform.Tokens;
using Maru.Server.Realtime.Sinks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;

namespace Maru.Server.Realtime;

/// <summary>
/// Accepts sockets of plain connections: takes an ordinary upgrade request off the connection before HTTP is set up for it, so that an idle
/// client holds no request, response or context. It only accepts: for any other response <see cref="WebSocketEndpoint"/> gets the request,
/// untouched. A stream of events that began there goes on here, past HTTP too.
/// </summary>
internal sealed class WebSocketEdge(
    SocketRoutes routes, Origins origins, ChatEngine engine, AccessTokens tokens, EndedSessions ended, ProxyNetworks proxies,
    TimeProvider time, IOptionsMonitor<HostFilteringOptions> hosts)
{
    /// <summary>Connection middleware.</summary>
    public ConnectionDelegate Intercept(ConnectionDelegate next) => connection => InterceptAsync(connection, next);

    // The only state machine that an idle client keeps alive, besides the reader's own: of the opening it keeps the session alone.
    private async Task InterceptAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var peer = Peer.Of(connection.Features);
        ProtocolSession? session = null;
        try
        {
            if (await TryOpenAsync(connection, peer) is not { } opening)
            {
                HttpPipe.Insert(connection);
                await next(connection);
                await HttpPipe.GoOnAsync(connection);
                return;
            }

            session = opening.Session;
            Begin(connection, opening);
            await WebSocketConnection.RunAsync(connection.Transport.Input, session, peer);
        }
        catch (Exception e) when (session is not null && WebSocketConnection.IsGone(e))
        {
            // The client has gone while their request waited for its turn.
        }
        finally
        {
            session?.Closed();
            peer.Leave();
        }
    }

    /// <summary>Opens a session for an upgrade request; null: the connection is unchanged and left to the HTTP server.</summary>
    private async Task<Opening?> TryOpenAsync(ConnectionContext connection, Peer peer)
    {
        if (await ReadRequestAsync(connection) is not { } request || Accept(request.Headers) is not { } accept) return null;
        var client = peer.IsProxy ? proxies.ClientOf(request.Headers) : null;
        var sink = new SocketSink(peer, client);
        var subprotocol = WebSocketHandshake.ChooseSubprotocol(request.Headers, request.Route.Subprotocols);
        var session = request.Route.Open(sink, subprotocol);
        if (!engine.Connections.TryOpen(session.Connection, SourceOf(request.Headers, peer, client))) return null;
        peer.Open(session.Connection);
        return new Opening(session, sink, request.Length, Answer(accept, subprotocol));
    }

    /// <summary>Returns where the request comes from; a good token in it counts at once.</summary>
    private Source SourceOf(IHeaderDictionary headers, Peer peer, IPAddress? client)
    {
        var token = BearerHandler.TokenOf(headers);
        if (token.Length > 0 && tokens.TryRead(token, out var claims) && !ended.Contains(claims.SessionId))
        {
            peer.SignIn(claims.UserId);
            return Source.Of(claims.UserId);
        }

        return client is null ? peer.Source : new Source(RateLimits.KeyOf(client));
    }

    /// <summary>Takes the request off the connection and accepts it.</summary>
    private void Begin(ConnectionContext connection, Opening opening)
    {
        var input = connection.Transport.Input;
        if (input.TryRead(out var read)) input.AdvanceTo(read.Buffer.GetPosition(opening.RequestLength));
        opening.Sink.Begin(engine.Options.SendBufferBytes);
        opening.Sink.TryWrite(opening.Answer);
    }

    /// <summary>
    /// Returns the upgrade request at the beginning of the connection; null: it is another request. Both are still there to be read.
    /// </summary>
    private async Task<UpgradeRequest?> ReadRequestAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var deadline = new CancellationTokenSource(WebServer.HeadTimeout, time);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(deadline.Token);
                await ReadQueue.NextAsync();
                var request = UpgradeRequest.TryRead(Span(read.Buffer), routes, out var needMore);
                var waits = needMore && !read.IsCompleted;
                input.AdvanceTo(read.Buffer.Start, waits ? read.Buffer.End : read.Buffer.Start);
                if (!waits) return request;
            }
        }
        catch (OperationCanceledException)
        {
            connection.Abort();
            return null;
        }
        catch (IOException)
        {
            return null;    // the peer is gone, as the HTTP server will find too
        }
    }

    private static ReadOnlySpan<byte> Span(ReadOnlySequence<byte> buffer) =>
        buffer.IsSingleSegment ? buffer.FirstSpan : buffer.Slice(0, Math.Min(buffer.Length, UpgradeRequest.LongestHead)).ToArray();

    /// <summary>Returns the accept key of a valid request; null: it is not valid.</summary>
    private string? Accept(IHeaderDictionary headers)
    {
        var isRight = WebSocketHandshake.IsAskedFor(headers) && WebSocketHandshake.HasVersion(headers)
            && IsServed(headers.Host[0]!) && origins.MayConnect(headers);
        return isRight ? WebSocketHandshake.Accept(headers) : null;
    }

    /// <summary>Returns whether <c>AllowedHosts</c> names this very host.</summary>
    private bool IsServed(string host)
    {
        var allowed = hosts.CurrentValue.AllowedHosts;
        return allowed.Count == 0 || allowed.Contains("*") || allowed.Contains(host.Split(':')[0], StringComparer.OrdinalIgnoreCase);
    }

    private byte[] Answer(string accept, string? subprotocol) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nDate: {time.GetUtcNow():R}\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Accept: {accept}\r\n{(subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n")}\r\n");

    private sealed record Opening(ProtocolSession Session, SocketSink Sink, int RequestLength, byte[] Answer);
}

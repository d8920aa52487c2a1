using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Maru.Server.Platform.Sockets;

/// <summary>
/// What the HTTP server has of a connection: the bytes, read through the <see cref="RequestReader"/>, and the ticks for its time-outs. A
/// response that lasts can take the connection over: the HTTP server ends its request when the response has begun, and lets go of all that
/// it keeps for it, as does every middleware. See docs/adr/0002.
/// </summary>
internal sealed class HttpPipe : IDuplexPipe, IConnectionHeartbeatFeature
{
    private readonly IConnectionHeartbeatFeature? _ticks;
    private Func<CancellationToken, Task>? _rest;
    private Action<object>? _tick;
    private object? _server;

    private HttpPipe(ConnectionContext connection)
    {
        var pipe = connection.Transport;
        (Input, Output) = (new RequestReader(pipe.Input, Peer.Of(connection.Features)), pipe.Output);
        _ticks = connection.Features.Get<IConnectionHeartbeatFeature>();
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public static void Insert(ConnectionContext connection)
    {
        var pipe = new HttpPipe(connection);
        connection.Transport = pipe;
        connection.Features.Set<IConnectionHeartbeatFeature>(pipe);
    }

    /// <summary>
    /// Returns the pipe of a request that has its connection to itself; null: it is one of several streams, or its bytes are still to be
    /// encrypted.
    /// </summary>
    public static HttpPipe? Of(HttpContext context) => HttpProtocol.IsHttp2(context.Request.Protocol)
        ? null
        : context.Features.Get<IConnectionTransportFeature>()?.Transport as HttpPipe;

    /// <summary>
    /// Called by a handler whose response has begun and says <c>Connection: close</c>: the rest goes past the HTTP server.
    /// </summary>
    /// <param name="rest">writes to <see cref="Output"/>; its token is cancelled when the connection is gone</param>
    public void TakeOver(Func<CancellationToken, Task> rest) => _rest = rest;

    /// <summary>Called when the HTTP server has left the connection, which is taken over or at its end.</summary>
    public static Task GoOnAsync(ConnectionContext connection)
    {
        if (connection.Transport is not HttpPipe { _rest: { } rest } pipe) return Task.CompletedTask;
        (pipe._rest, pipe._tick, pipe._server) = (null, null, null);
        return rest(connection.ConnectionClosed);
    }

    /// <summary>Kept here: the connection would keep the HTTP server's objects for as long as it lasts.</summary>
    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state)
    {
        if (_tick is null) _ticks?.OnHeartbeat(static pipe => ((HttpPipe)pipe).Tick(), this);
        (_server, _tick) = (state, action);
    }

    private void Tick()
    {
        if (_tick is { } tick && _server is { } server) tick(server);
    }
}

using System.Net;
using System.Net.Sockets;
using Maru.Engine;
using Maru.Engine.Protocols;
using Maru.Engine.Protocols.Stomp;
using Maru.Server.Configuration;
using Maru.Server.Platform.Sockets;
using Maru.Server.Realtime.Sinks;
using Microsoft.AspNetCore.Connections;

namespace Maru.Server.Realtime;

/// <summary>STOMP over plain TCP, for clients without WebSocket, at the address in <c>Maru:StompTcp</c>. Unencrypted.</summary>
internal sealed partial class StompListener(
    string address, IConnectionListenerFactory transport, ChatEngine engine, ILogger<StompListener> log)
    : BackgroundService
{
    private IConnectionListener? _listener;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _listener = await transport.BindAsync(IPEndPoint.Parse(address), cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or AddressInUseException)
        {
            throw new StartException($"Maru:StompTcp: {address} cannot be listened at. {e.Message}", e);
        }

        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is not null) await _listener.UnbindAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
        if (_listener is not null) await _listener.DisposeAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _listener!.AcceptAsync(stoppingToken) is { } connection) _ = ServeAsync(connection);
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        await using var served = connection;
        var peer = Peer.Of(connection.Features);
        try
        {
            await ServeAsync(connection, peer);
        }
        finally
        {
            peer.Leave();
        }
    }

    private async Task ServeAsync(ConnectionContext connection, Peer peer)
    {
        var sink = new SocketSink(peer);
        sink.Begin(engine.Options.SendBufferBytes);
        var session = new StompSession(sink, engine.Clients, Framing.Stream);
        if (!engine.Connections.TryOpen(session.Connection, peer.Source)) return;
        peer.Open(session.Connection);
        try
        {
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync();
                if (session.Connection.Identity is null) await ReadQueue.NextAsync(first: true);
                foreach (var piece in read.Buffer)
                {
                    var before = session.Frames;
                    session.Connection.Count(piece.Length, 0);
                    if (!session.Connection.IsClosing) await session.ReceiveAsync(piece);
                    if (Turn.IsOver(peer, piece.Length, session.Frames - before)) await ReadQueue.NextAsync();
                }

                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled || session.Connection.IsClosing) break;
            }

            // What the client sent before its end is completed.
            session.Connection.Close(refusal: null);
            await session.Connection.WhenClosedAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone.
        }
        catch (Exception e)
        {
            Log.Failed(log, e);
        }
        finally
        {
            session.Closed();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A STOMP connection failed")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

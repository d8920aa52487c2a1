using System.Net;
using System.Net.Sockets;
using Maru.Engine;
using Maru.Engine.Output;
using Maru.Server.Platform.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Maru.Server.Realtime.Sinks;

/// <summary>
/// Writes through the framework's stream, for connections whose bytes are still to be encrypted or framed by HTTP. It never writes without
/// waiting, so the outbox always waits for its writes.
/// </summary>
internal sealed class StreamSink : ByteSink
{
    private readonly Socket? _socket;
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Peer? _peer;
    private HttpContext? _request;

    public StreamSink(HttpContext request, EngineOptions options)
    {
        (_request, _peer, Address) = (request, Peer.Find(request.Features), request.Connection.RemoteIpAddress);
        // Streams of HTTP/2 share a socket: what it has sent says nothing about one of them.
        if (HttpProtocol.IsHttp2(request.Request.Protocol)) return;
        _socket = request.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (_socket is not null) SystemBytes = SendBuffer.Bound(_socket, options.SendBufferBytes);
    }

    /// <inheritdoc cref="SocketSink.SystemBytes"/>
    public override int SystemBytes { get; }

    /// <summary>Called with the response's stream when the response has begun: what is written earlier waits for it.</summary>
    public void Begin(Stream stream) => _stream.TrySetResult(stream);

    /// <summary>
    /// RFC 8446, 5.1: the plaintext of a record has at most 2^14 bytes. The framework splits it once more, into its blocks of 4 KiB.
    /// </summary>
    public override int RecordBytes => 16 * 1024;

    public override int TryWrite(ReadOnlySpan<byte> bytes) => 0;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var stream = await _stream.Task;
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    public override long Acknowledged => _socket is null ? 0 : TcpProgress.Acknowledged(_socket);

    public override IPAddress? Address { get; }

    public override void SignedIn(UserId user) => _peer?.SignIn(user);

    public override void Shutdown()
    {
        // The last words end with a close frame: the peer closes when it has read it, or the sweeper does.
    }

    public override void Abort() => Volatile.Read(ref _request)?.Abort();

    /// <summary>Called when the request is over: its context may serve another one, which must not be aborted.</summary>
    public void Leave()
    {
        Volatile.Write(ref _request, null);
        _stream.TrySetResult(Stream.Null);
    }
}

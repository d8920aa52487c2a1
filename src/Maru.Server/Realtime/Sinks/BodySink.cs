using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text.Unicode;
using Maru.Engine;
using Maru.Engine.Output;
using Maru.Server.Platform.Sockets;

namespace Maru.Server.Realtime.Sinks;

/// <summary>
/// Writes the body of a response of HTTP/1 that has taken its connection over: to the transport, past the HTTP server. Only for plain
/// connections. It never writes without waiting, so the outbox always waits for its writes.
/// </summary>
internal sealed class BodySink : ByteSink
{
    private readonly Peer _peer;
    private readonly PipeWriter _output;
    private readonly bool _isChunked;
    private TaskCompletionSource? _beginning = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isWhole;
    private volatile bool _isLeft;

    /// <param name="request">of HTTP/1.1, whose body is in chunks, or of HTTP/1.0, whose body ends with the connection</param>
    /// <param name="output">where the response goes</param>
    /// <param name="sendBufferBytes">bytes that the kernel may hold</param>
    public BodySink(HttpContext request, PipeWriter output, int sendBufferBytes)
    {
        (_peer, _output, Address) = (Peer.Of(request.Features), output, request.Connection.RemoteIpAddress);
        _isChunked = HttpProtocol.IsHttp11(request.Request.Protocol);
        SystemBytes = SendBuffer.Bound(_peer.Socket, sendBufferBytes);
    }

    /// <inheritdoc cref="SocketSink.SystemBytes"/>
    public override int SystemBytes { get; }

    /// <inheritdoc cref="StreamSink.RecordBytes"/>
    public override int RecordBytes => 16 * 1024;

    public override long Acknowledged => TcpProgress.Acknowledged(_peer.Socket);

    public override IPAddress? Address { get; }

    /// <summary>Called when the HTTP server writes no more: what is written earlier waits for it.</summary>
    public void Begin() => Interlocked.Exchange(ref _beginning, null)?.SetResult();

    /// <summary>Called when the request gets another response: its connection goes on.</summary>
    public void Leave()
    {
        _isLeft = true;
        Interlocked.Exchange(ref _beginning, null)?.SetCanceled();
    }

    /// <summary>
    /// Called when the outbox has ended: ends the body, and the connection once all of it is sent. False: it broke off before.
    /// </summary>
    public bool TryEnd()
    {
        if (!_isWhole) return false;
        if (_isChunked) _output.Write("0\r\n\r\n"u8);
        _output.Complete();
        return true;
    }

    public override int TryWrite(ReadOnlySpan<byte> bytes) => 0;

    /// <remarks>RFC 9112, 7.1: <code>chunk = chunk-size CRLF chunk-data CRLF</code></remarks>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (Volatile.Read(ref _beginning) is { } beginning) await beginning.Task;
        if (_isLeft) throw new IOException("The request has another response.");
        if (_isChunked) WriteSize(bytes.Length);
        _output.Write(bytes.Span);
        if (_isChunked) _output.Write("\r\n"u8);
        var flush = await _output.FlushAsync();
        if (flush.IsCompleted) throw new IOException("The connection is gone.");
    }

    public override void SignedIn(UserId user) => _peer.SignIn(user);

    public override void Shutdown() => _isWhole = true;

    public override void Abort()
    {
        if (!_isLeft) _peer.Abort();
    }

    private void WriteSize(int bytes)
    {
        var size = _output.GetSpan(10);
        Utf8.TryWrite(size, CultureInfo.InvariantCulture, $"{bytes:x}\r\n", out var written);
        _output.Advance(written);
    }
}

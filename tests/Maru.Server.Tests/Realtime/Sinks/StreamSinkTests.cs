using System.Net;
using System.Net.Sockets;
using Maru.Engine;
using Maru.Server.Realtime.Sinks;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Maru.Server.Tests.Realtime.Sinks;

public sealed class StreamSinkTests : IDisposable
{
    private static readonly EngineOptions Options = new() { SendBufferBytes = 64 * 1024 };

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly DefaultHttpContext _request = new();
    private readonly Lifetime _lifetime = new();

    public StreamSinkTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _socket.Connect(_listener.LocalEndPoint!);
        _request.Features.Set<IConnectionSocketFeature>(new OneSocket(_socket));
        _request.Features.Set<IHttpRequestLifetimeFeature>(_lifetime);
        _request.Request.Protocol = HttpProtocol.Http11;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public void The_kernel_holds_no_more_for_a_client_than_on_a_plain_connection()
    {
        using var plain = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        plain.SendBufferSize = Options.SendBufferBytes;
        _ = new StreamSink(_request, Options);
        _socket.SendBufferSize.ShouldBe(plain.SendBufferSize);
    }

    [Fact]
    public void A_socket_that_streams_share_is_left_alone_and_says_nothing_of_one_of_them()
    {
        _socket.Send([1, 2, 3]);
        new StreamSink(_request, Options).Acknowledged.ShouldBePositive();
        using var fresh = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var before = fresh.SendBufferSize;
        _request.Features.Set<IConnectionSocketFeature>(new OneSocket(fresh));
        _request.Request.Protocol = HttpProtocol.Http2;
        new StreamSink(_request, Options).Acknowledged.ShouldBe(0);
        fresh.SendBufferSize.ShouldBe(before);
    }

    [Fact]
    public void A_request_that_is_over_is_not_aborted()
    {
        var sink = new StreamSink(_request, Options);
        sink.Leave();
        sink.Abort();
        _lifetime.IsAborted.ShouldBeFalse();
        new StreamSink(_request, Options).Abort();
        _lifetime.IsAborted.ShouldBeTrue();
    }

    private sealed class OneSocket(Socket socket) : IConnectionSocketFeature
    {
        public Socket Socket => socket;
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}

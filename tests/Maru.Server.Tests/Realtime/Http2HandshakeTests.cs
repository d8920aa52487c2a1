using System.Net;

namespace Maru.Server.Tests.Realtime;

/// <summary>RFC 8441: a WebSocket begins with an extended CONNECT, and without a key.</summary>
public sealed class Http2HandshakeTests : IAsyncLifetime
{
    private readonly ServerCertificate _certificate = new();
    private MaruServer _server = null!;
    private HttpMessageInvoker _http = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await MaruServer.StartAsync([.. _certificate.Settings, "--Maru:Engine:MaxConnections=1"]);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = _certificate.IsPresented;
        _http = new HttpMessageInvoker(handler);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData("CONNECT", "websocket", "/ws", "13", 200)]
    [InlineData("CONNECT", "WebSocket", "/ws", "13", 200)]
    [InlineData("CONNECT", "websocket", "/ws?x=1", "13", 200)]
    [InlineData("CONNECT", "websocket", "/ws", "12", 400)]
    [InlineData("CONNECT", "websocket", "/ws", null, 400)]
    [InlineData("CONNECT", "connect-udp", "/ws", "13", 400)]
    [InlineData("CONNECT", "websocket", "/api/me", "13", 405)]
    [InlineData("CONNECT", "websocket", "/wsx", "13", 404)]
    [InlineData("GET", null, "/ws", "13", 426)]
    [InlineData("HEAD", null, "/ws", "13", 426)]
    [InlineData("POST", null, "/ws", "13", 405)]
    public async Task The_request_is_judged(string method, string? protocol, string path, string? version, int status)
    {
        using var answer = await AskAsync(method, protocol, path, version);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Version.ShouldBe(HttpVersion.Version20);
        // RFC 9113, 8.2.2: fields about the connection do not exist here.
        answer.Headers.Connection.ShouldBeEmpty();
        answer.Headers.Upgrade.ShouldBeEmpty();
        if (status == 400 && protocol == "websocket") answer.Headers.GetValues("Sec-WebSocket-Version").ShouldBe(["13"]);
    }

    [Fact]
    public async Task One_connection_too_many_is_told_to_wait()
    {
        await using var first = await StompSocket.ConnectAsync(_server.Address, (await _server.SignUpAsync()).AccessToken);
        using var answer = await AskAsync("CONNECT", "websocket", "/ws", "13");
        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
    }

    private async Task<HttpResponseMessage> AskAsync(string method, string? protocol, string path, string? version)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_server.AddressOf(Uri.UriSchemeHttps), path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Protocol = protocol;
        if (version is not null) request.Headers.Add("Sec-WebSocket-Version", version);
        return await _http.SendAsync(request, TestContext.Current.CancellationToken).Within("the answer");
    }
}

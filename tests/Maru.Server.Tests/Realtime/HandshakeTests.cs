using System.Text;

namespace Maru.Server.Tests.Realtime;

/// <summary>
/// Both ways in to <c>/ws</c>: <c>/ws</c> itself is taken off the connection before HTTP sees it, <c>/ws?x=1</c> goes through HTTP.
/// A client must not see which.
/// </summary>
public sealed class HandshakeTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";   // RFC 6455, 1.3, and the answer to it
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task The_key_is_answered_as_the_RFC_says(string path)
    {
        var head = await AskAsync(
            $"GET {path} HTTP/1.1",
            "Host: x",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            $"Sec-WebSocket-Key: {Key}");
        head.ShouldStartWith("HTTP/1.1 101 ");
        head.ShouldContain($"Sec-WebSocket-Accept: {Accept}");
        head.ShouldNotContain("Sec-WebSocket-Protocol");
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Names_and_words_are_read_in_any_case(string path)
    {
        foreach (var upper in (bool[])[true, false])
        {
            string Case(string text) => upper ? text.ToUpperInvariant() : text.ToLowerInvariant();
            var head = await AskAsync(
                $"GET {path} HTTP/1.1",
                Case("Host: x"),
                Case("Upgrade: websocket"),
                Case("Connection: keep-alive, Upgrade"),
                Case("Sec-WebSocket-Version: 13"),
                $"{Case("Sec-WebSocket-Key")}:   {Key}  ");
            head.ShouldStartWith("HTTP/1.1 101 ");
            head.ShouldContain(Accept);
        }
    }

    [Theory]
    [InlineData("/ws", "v12.stomp, v11.stomp", "v12.stomp")]
    [InlineData("/ws", "mqtt,v10.stomp", "v10.stomp")]
    [InlineData("/ws?x=1", "v11.stomp", "v11.stomp")]
    [InlineData("/ws?x=1", "v10.stomp , v12.stomp", "v12.stomp")]
    public async Task The_newest_subprotocol_that_is_offered_is_chosen(string path, string offered, string chosen)
    {
        var head = await AskAsync(
            $"GET {path} HTTP/1.1",
            "Host: x",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            $"Sec-WebSocket-Key: {Key}",
            $"Sec-WebSocket-Protocol: {offered}");
        head.Split("\r\n").ShouldContain($"Sec-WebSocket-Protocol: {chosen}");
    }

    [Theory]
    [InlineData("/ws", "Sec-WebSocket-Version: 12", 400)]
    [InlineData("/ws", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short", 400)]
    [InlineData("/ws", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=", 400)]
    [InlineData("/ws", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==", 400)]
    [InlineData("/ws", "Sec-WebSocket-Version: 13", 400)]
    [InlineData("/ws?x=1", "Sec-WebSocket-Version: 8", 400)]
    [InlineData("/ws?x=1", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short", 400)]
    public async Task A_bad_version_or_key_is_refused(string path, string headers, int status)
    {
        var hasKey = headers.Contains("Key", StringComparison.Ordinal) || headers.EndsWith("13", StringComparison.Ordinal);
        var key = hasKey ? "X-None: 1" : $"Sec-WebSocket-Key: {Key}";
        var head = await AskAsync($"GET {path} HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade", headers, key);
        head.ShouldStartWith($"HTTP/1.1 {status} ");
        head.ShouldContain("Sec-WebSocket-Version: 13");
    }

    [Theory]
    [InlineData("GET /ws HTTP/1.1", "Connection: Upgrade", 426)]                      // no Upgrade
    [InlineData("GET /ws HTTP/1.1", "Upgrade: websocket", 426)]                       // no Connection
    [InlineData("GET /ws HTTP/1.1", "Upgrade: h2c\r\nConnection: Upgrade", 426)]
    [InlineData("GET /ws?x=1 HTTP/1.1", "Connection: close", 426)]
    [InlineData("POST /ws HTTP/1.1", "Content-Length: 0", 426)]
    [InlineData("GET /ws HTTP/1.0", "Upgrade: websocket\r\nConnection: Upgrade", 426)]
    [InlineData("GET /wsx HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade", 404)]
    [InlineData("GET /ws HTTP/2.0", "Upgrade: websocket\r\nConnection: Upgrade", 505)]
    public async Task What_is_no_upgrade_is_told_so(string line, string headers, int status)
    {
        var head = await AskAsync(line, "Host: x", headers, "Sec-WebSocket-Version: 13", $"Sec-WebSocket-Key: {Key}");
        head.ShouldMatch($"^HTTP/1.[01] {status} ");
    }

    [Theory]
    [InlineData("GET /ws HTTP/1.1", "Upgrade : websocket\r\nConnection: Upgrade")]
    [InlineData("GET /ws HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\nHost: y")]
    [InlineData("GET /ws HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: x")]
    [InlineData("GET /ws HTTP/1.1", ": x\r\nUpgrade: websocket\r\nConnection: Upgrade")]
    [InlineData("GET /ws HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\n folded: x")]
    [InlineData("GET  /ws HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade")]
    public async Task A_head_that_two_servers_could_read_in_two_ways_never_becomes_a_socket(string line, string headers)
    {
        var head = await AskAsync(line, "Host: x", headers, "Sec-WebSocket-Version: 13", $"Sec-WebSocket-Key: {Key}");
        head.ShouldNotStartWith("HTTP/1.1 101 ");
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task A_request_without_a_host_is_refused(string path)
    {
        var head = await AskAsync(
            $"GET {path} HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", $"Sec-WebSocket-Key: {Key}");
        head.ShouldStartWith("HTTP/1.1 400 ");
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task The_first_frame_may_come_with_the_request(string path)
    {
        var ann = await server.SignUpAsync();
        var connect = ClientFrames.Message(
            ClientFrames.Stomp("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("passcode", ann.AccessToken)));
        await using var socket = await StompSocket.OpenAsync(server.Address, path, first: connect);
        (await socket.TakeAsync(frame => frame.Command == "CONNECTED", "CONNECTED"))["version"].ShouldBe("1.2");
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task The_request_may_come_a_byte_at_a_time(string path)
    {
        var request =
            $"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + $"Sec-WebSocket-Key: {Key}\r\n\r\n";
        var (socket, head) = await TrickleAsync(Encoding.ASCII.GetBytes(request));
        socket.Dispose();
        head.ShouldStartWith("HTTP/1.1 101 ");
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Both_sides_close_in_order(string path)
    {
        var ann = await server.SignUpAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, path);
        await socket.WriteAsync(ClientFrames.Close());
        var ending = await socket.Ended.Within("the end");
        ending.ShouldBe(new Ending(1000, "", true));
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task DISCONNECT_is_answered_before_the_close(string path)
    {
        var ann = await server.SignUpAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, path);
        await socket.SendAsync("DISCONNECT", "", ("receipt", "bye"));
        await socket.ReceiptAsync("bye");
        (await socket.Ended.Within("the end")).ShouldBe(new Ending(1000, "", true));
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task One_connection_too_many_is_told_to_wait(string path)
    {
        await using var full = await MaruServer.StartAsync("--Maru:Engine:MaxConnections=1");
        await using var first = await StompSocket.OpenAsync(full.Address);
        var request =
            $"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n"
                + $"Sec-WebSocket-Key: {Key}\r\n\r\n";
        using var second = new System.Net.Sockets.TcpClient();
        await second.ConnectAsync(System.Net.IPAddress.Loopback, full.Address.Port, TestContext.Current.CancellationToken);
        await second.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var answer = await new StreamReader(second.GetStream()).ReadToEndAsync(TestContext.Current.CancellationToken)
            .Within("the answer and the end");
        answer.ShouldStartWith("HTTP/1.1 429 Too Many Requests\r\n");
        answer.ShouldContain("\r\nRetry-After: 5\r\n");
        answer.ShouldContain("\r\nContent-Type: application/problem+json\r\n");
        answer.ShouldContain(
            """{"type":"too-many-connections","title":"There are as many connections as the server takes.","status":429""");
    }

    private async Task<string> AskAsync(params string[] lines)
    {
        var (socket, head, _) = await Upgrade.RequestAsync(
            server.Address, Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"));
        socket.Dispose();
        return head;
    }

    private async Task<(IDisposable Socket, string Head)> TrickleAsync(byte[] request)
    {
        var socket = new System.Net.Sockets.TcpClient { NoDelay = true };
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        foreach (var one in request)
        {
            stream.WriteByte(one);
            await stream.FlushAsync(TestContext.Current.CancellationToken);
        }

        var answer = new byte[512];
        var count = await stream.ReadAsync(answer, TestContext.Current.CancellationToken).AsTask().Within("an answer");
        return (socket, Encoding.ASCII.GetString(answer, 0, count));
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Maru.Engine;
using Maru.Engine.People;
using Maru.Engine.Problems;

namespace Maru.Server.Tests.Deploy;

/// <summary>deploy/nginx.conf in a real nginx before a real server; only addresses and the numbers of its limits are other ones.</summary>
public sealed partial class NginxTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const int Requests = 5;
    private const int Connections = 3;

    [Fact]
    public async Task An_address_sends_so_many_requests_and_no_other_is_held_up()
    {
        await using var nginx = await StartAsync();
        for (var i = 0; i <= Requests; i++) (await AskAsync(nginx, "127.0.0.8", "GET /health/live")).ShouldStartWith("HTTP/1.1 200 ");
        var refused = await AskAsync(nginx, "127.0.0.8", "GET /health/live");
        refused.ShouldStartWith("HTTP/1.1 429 ");
        refused.ShouldContain("Content-Type: application/problem+json");
        refused.ShouldContain("Retry-After: 1");
        refused.ShouldContain("\"type\":\"rate-limited\"");
        (await AskAsync(nginx, "127.0.0.9", "GET /health/live")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task An_address_holds_so_many_sockets_and_no_other_is_held_up()
    {
        await using var nginx = await StartAsync();
        List<Socket> open = [];
        for (var i = 0; i < Connections; i++) (await UpgradeAsync("127.0.0.8")).ShouldStartWith("HTTP/1.1 101 ");
        (await UpgradeAsync("127.0.0.8")).ShouldStartWith("HTTP/1.1 429 ");
        (await UpgradeAsync("127.0.0.9")).ShouldStartWith("HTTP/1.1 101 ");
        foreach (var socket in open) socket.Dispose();

        async Task<string> UpgradeAsync(string from)
        {
            var socket = await ConnectAsync(nginx, from);
            open.Add(socket);
            return await SendAsync(
                socket,
                "GET /ws", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v12.stomp\r\n");
        }
    }

    [Fact]
    public async Task A_body_that_is_too_large_for_any_node_gets_no_further()
    {
        await using var nginx = await StartAsync();
        using var socket = await ConnectAsync(nginx, "127.0.0.8");
        var refused = await SendAsync(socket, "POST /api/auth/login", "Content-Length: 2000000\r\n");
        refused.ShouldStartWith("HTTP/1.1 413 ");
        refused.ShouldContain("\"type\":\"too-large\"");
    }

    [Fact]
    public async Task Events_come_through_as_they_happen()
    {
        await using var nginx = await StartAsync();
        var (ann, engine) = (await server.SignUpAsync(), server.Service<ChatEngine>());
        using var http = new HttpClient { BaseAddress = nginx.Address };
        using var stream = await EventStream.OpenAsync(http, $"/api/events?access_token={ann.AccessToken}");
        await Deadline.Until(
            () => engine.Connections.TryGet(new UserId(ann.Id), out var here) && here.Connections[0].WantsEvents, "the stream to listen");
        for (var i = 0; i < 3; i++)
        {
            engine.UserEvents.Publish(new UserId(ann.Id), new UserEvent(Encoding.ASCII.GetBytes($$"""{"type":"news","n":{{i}}}""")));
            (await stream.NextAsync()).Json.GetProperty("n").GetInt32().ShouldBe(i);
        }
    }

    [Fact]
    public async Task While_no_node_is_there_an_EventSource_is_told_to_come_back_and_others_that_there_is_none()
    {
        await using var nginx = await StartAsync(new Uri($"http://127.0.0.1:{Ports.Free()}"));
        foreach (var path in (string[])["/api/events", "/api/rooms/1/events"])
        {
            var told = await AskAsync(nginx, "127.0.0.8", $"GET {path}?after=0", "Accept: text/event-stream\r\n");
            told.ShouldStartWith("HTTP/1.1 200 ");
            told.ShouldContain("Content-Type: text/event-stream");
            told.ShouldEndWith("\r\n\r\nretry: 2000\n\n");
            (await AskAsync(nginx, "127.0.0.9", $"GET {path}")).ShouldStartWith("HTTP/1.1 502 ");
        }
    }

    [Fact]
    public async Task What_a_client_says_of_itself_gets_no_further()
    {
        await using var behind = await MaruServer.StartAsync(
            new ManualTime(), null, "--Maru:Limits:Proxies=127.0.0.1", "--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:AddressBurst=1",
            "--Maru:RateLimits:AddressPerSecond=1");
        await using var nginx = await StartAsync(behind.Address);
        const string Forged =
            "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Prefix: /evil\r\nX-Forwarded-Proto: https\r\nForwarded: for=6.6.6.6\r\n";
        var document = await AskAsync(nginx, "127.0.0.8", "GET /openapi/v1.json", Forged);
        document.ShouldStartWith("HTTP/1.1 200 ");
        document.ShouldNotContain("/evil");
        document.ShouldNotContain("Strict-Transport-Security");
        (await AskAsync(nginx, "127.0.0.8", "GET /api/me", Forged.Replace("6.6.6.6", "7.7.7.7"))).ShouldStartWith("HTTP/1.1 429 ");
        (await AskAsync(nginx, "127.0.0.9", "GET /api/me")).ShouldStartWith("HTTP/1.1 401 ");
    }

    [Fact]
    public async Task Pages_behind_it_are_known_as_the_servers_own()
    {
        await using var nginx = await StartAsync();
        using var http = new HttpClient { BaseAddress = nginx.Address };
        foreach (var (origin, problem) in ((string, Problem)[])
            [($"http://{nginx.Address.Authority}", Problem.SessionEnded), ("http://127.0.0.1", Problem.CrossOrigin)])
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Cookie", "maru-refresh=x");
            await http.SendAsync(request, TestContext.Current.CancellationToken).ShouldRefuse(problem);
        }
    }

    [Fact]
    public void Whoever_is_slow_is_cut_off_and_nothing_is_without_a_bound()
    {
        var text = Repository.Read("deploy/nginx.conf");
        string[] bounds =
        [
            "client_header_timeout", "client_body_timeout", "send_timeout", "keepalive_timeout", "client_header_buffer_size",
            "large_client_header_buffers", "client_max_body_size", "proxy_connect_timeout", "proxy_read_timeout", "worker_connections",
        ];
        foreach (var bound in bounds) Regex.IsMatch(text, $@"^\s*{bound}\s+[1-9]", RegexOptions.Multiline).ShouldBeTrue(bound);
        text.ShouldContain("proxy_set_header X-Forwarded-For $remote_addr;");
        text.ShouldContain("server_tokens off;");
    }

    private Task<NginxProcess> StartAsync(Uri? behind = null) => NginxProcess.StartAsync((port, folder) =>
    {
        var address = (behind ?? server.Address).Authority;
        var text = Repository.Read("deploy/nginx.conf").Replace("/tmp/nginx", $"{folder}/nginx").Replace("maru-1:8080", address)
            .Replace("listen 8080", $"listen 127.0.0.1:{port}").Replace("worker_processes auto", "worker_processes 1");
        text = OtherNodes().Replace(text, "");
        text = Rates().Replace(text, "rate=1r/m");
        text = Bursts().Replace(text, $"burst={Requests}");
        return ConnectionLimits().Replace(text, $"limit_conn connections {Connections};");
    });

    private static async Task<string> AskAsync(NginxProcess nginx, string from, string line, string fields = "")
    {
        using var socket = await ConnectAsync(nginx, from);
        return await SendAsync(socket, line, $"Connection: close\r\n{fields}", toEnd: true);
    }

    private static async Task<Socket> ConnectAsync(NginxProcess nginx, string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, nginx.Address.Port);
        return socket;
    }

    private static async Task<string> SendAsync(Socket socket, string line, string fields, bool toEnd = false)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: x\r\n{fields}\r\n"));
        var ct = TestContext.Current.CancellationToken;
        if (toEnd) return await new StreamReader(new NetworkStream(socket)).ReadToEndAsync(ct).Within("the answer");
        var first = new byte[4096];
        return Encoding.ASCII.GetString(first, 0, await socket.ReceiveAsync(first, ct).AsTask().Within("the answer"));
    }

    [GeneratedRegex(@"^\s*server maru-[23]:.*\n", RegexOptions.Multiline)]
    private static partial Regex OtherNodes();

    [GeneratedRegex(@"rate=\d+r/s")]
    private static partial Regex Rates();

    [GeneratedRegex(@"burst=\d+")]
    private static partial Regex Bursts();

    [GeneratedRegex(@"limit_conn connections \d+;")]
    private static partial Regex ConnectionLimits();
}

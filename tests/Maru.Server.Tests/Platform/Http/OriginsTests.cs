using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Configuration;

namespace Maru.Server.Tests.Platform.Http;

/// <summary>The pages of other origins that browsers let use the server: by requests (CORS) and by sockets.</summary>
public sealed class OriginsTests
{
    private const string Ours = "https://chat.example.org";
    private const string Setting = $"--Maru:Http:AllowedOrigins={Ours}, http://localhost:5173";

    private static readonly string[] Others =
    [
        "https://chat.example.org.evil.example", "http://chat.example.org", "https://chat.example.org:444", "https://CHAT.example.org",
        "https://chat.example.org/", "null", "https://evil.example", "http://127.0.0.1", "ftp://127.0.0.1",
    ];

    [Theory]
    [InlineData(Ours)]
    [InlineData("http://localhost:5173")]
    public async Task An_allowed_page_may_ask_and_read_the_answer(string origin)
    {
        await using var server = await MaruServer.StartAsync(Setting);
        using var preflight = await PreflightAsync(server, origin);
        ((int)preflight.StatusCode).ShouldBe(204);
        Header(preflight, "Access-Control-Allow-Origin").ShouldBe(origin);
        Header(preflight, "Access-Control-Allow-Methods").ShouldBe("POST");
        Header(preflight, "Access-Control-Allow-Headers").ShouldBe("authorization,idempotency-key");
        Header(preflight, "Access-Control-Max-Age").ShouldBe("3600");
        Header(preflight, "Access-Control-Allow-Credentials").ShouldBeEmpty();

        using var answer = await SendAsync(server, HttpMethod.Get, "/health/live", origin);
        ((int)answer.StatusCode).ShouldBe(200);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(origin);
        Header(answer, "Vary").ShouldBe("Origin");
        foreach (var name in (string[])["Location", "Retry-After", "ETag", "WWW-Authenticate", "RateLimit", "RateLimit-Policy"])
            Header(answer, "Access-Control-Expose-Headers").Split(',').ShouldContain(name);
    }

    /// <summary>Else a cache gives a page's answer to another page, or a program's to a page.</summary>
    [Theory]
    [InlineData(Setting)]
    [InlineData($"--Maru:Http:AllowedOrigins={Ours}")]
    public async Task Every_answer_tells_caches_that_it_depends_on_the_origin(string setting)
    {
        await using var server = await MaruServer.StartAsync(setting);
        foreach (var path in (string[])["/.well-known/jwks.json", "/", "/api/me", "/nothing"])
        {
            foreach (var origin in (string?[])[null, Ours, "https://evil.example"])
            {
                using var answer = await SendAsync(server, HttpMethod.Get, path, origin);
                Header(answer, "Vary").ShouldBe("Origin", $"{path} for {origin}");
                Header(answer, "Access-Control-Allow-Origin").ShouldBe(origin == Ours ? Ours : "");
            }
        }
    }

    [Theory]
    [InlineData("GET", "/api/me", 401)]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("PURGE", "/api/me", 405)]
    [InlineData("POST", "/api/auth/login", 415)]
    public async Task An_allowed_page_can_read_refusals_too(string method, string path, int status)
    {
        await using var server = await MaruServer.StartAsync(Setting);
        using var answer = await SendAsync(server, new HttpMethod(method), path, Ours, new StringContent("x"));
        ((int)answer.StatusCode).ShouldBe(status);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(Ours);
    }

    [Fact]
    public async Task Another_page_is_not_let_in()
    {
        await using var server = await MaruServer.StartAsync(Setting);
        foreach (var origin in Others)
        {
            using var preflight = await PreflightAsync(server, origin);
            Header(preflight, "Access-Control-Allow-Origin").ShouldBeEmpty(origin);
            using var answer = await SendAsync(server, HttpMethod.Get, "/health/live", origin);
            Header(answer, "Access-Control-Allow-Origin").ShouldBeEmpty(origin);
            foreach (var path in (string[])["/ws", "/ws?x=1"])
            {
                var (head, body) = await UpgradeAsync(server, path, origin);
                head.ShouldStartWith("HTTP/1.1 403 ", customMessage: origin);
                body.ShouldContain(Problem.Forbidden.Slug);
            }
        }
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Allowed_pages_the_servers_own_and_programs_open_sockets(string path)
    {
        await using var server = await MaruServer.StartAsync(Setting);
        var (own, behindTls) = ($"http://{server.Address.Authority}", $"https://{server.Address.Authority}");
        foreach (var origin in (string?[])[Ours, "http://localhost:5173", own, behindTls, null])
        {
            var (head, _) = await UpgradeAsync(server, path, origin);
            head.ShouldStartWith("HTTP/1.1 101 ", customMessage: origin);
            var fields = head.Split("\r\n")[1..].Select(line => line.Split(':')[0]).Order();
            string.Join(' ', fields).ShouldBe("Connection Date Sec-WebSocket-Accept Upgrade", customMessage: origin);
        }
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Sockets_of_an_empty_origin_or_of_two_are_refused(string path)
    {
        await using var server = await MaruServer.StartAsync(Setting);
        foreach (var origin in (string[])["", $"\r\nOrigin: {Ours}", $"{Ours}\r\nOrigin:", $"{Ours}\r\nOrigin: {Ours}"])
        {
            var (head, body) = await UpgradeAsync(server, path, origin);
            head.ShouldStartWith("HTTP/1.1 403 ", customMessage: origin);
            body.ShouldContain(Problem.Forbidden.Slug);
        }
    }

    [Fact]
    public async Task Without_the_setting_requests_are_for_the_servers_own_pages_and_sockets_for_all()
    {
        await using var server = await MaruServer.StartAsync();
        using var preflight = await PreflightAsync(server, Ours);
        ((int)preflight.StatusCode).ShouldBe(405);
        using var answer = await SendAsync(server, HttpMethod.Get, "/health/live", Ours);
        Header(answer, "Access-Control-Allow-Origin").ShouldBeEmpty();
        Header(answer, "Vary").ShouldBeEmpty();
        foreach (var path in (string[])["/ws", "/ws?x=1"]) (await UpgradeAsync(server, path, Ours)).Head.ShouldStartWith("HTTP/1.1 101 ");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("chat.example.org")]
    [InlineData("https://chat.example.org/")]
    [InlineData("https://chat.example.org/app")]
    [InlineData("https://Chat.example.org")]
    [InlineData("https://chat.example.org:443")]
    [InlineData("https://*.example.org")]
    [InlineData("https://exämple.org")]
    [InlineData("https://ex%61mple.org")]
    [InlineData("https://user@chat.example.org")]
    [InlineData("https://@chat.example.org")]
    [InlineData("https://user:word@chat.example.org")]
    [InlineData("https://chat.example.org?")]
    [InlineData("https://chat.example.org#")]
    public async Task What_is_no_origin_ends_the_start(string origin) =>
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync($"--Maru:Http:AllowedOrigins={origin}")))
            .Message.ShouldContain($"AllowedOrigins has {origin}, which is no origin");

    private static Task<HttpResponseMessage> PreflightAsync(MaruServer server, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/api/rooms/1/messages");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,idempotency-key");
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<HttpResponseMessage> SendAsync(
        MaruServer server, HttpMethod method, string path, string? origin, HttpContent? body = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Get ? null : body };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<(string Head, string Body)> UpgradeAsync(MaruServer server, string path, string? origin)
    {
        var request = Encoding.ASCII.GetString(Upgrade.Request(server.Address, path, null));
        if (origin is not null) request = request[..^2] + $"Origin: {origin}\r\n\r\n";
        var (socket, head, left) = await Upgrade.RequestAsync(server.Address, Encoding.ASCII.GetBytes(request));
        using var _ = socket;
        var buffer = new byte[1024];
        while (!head.Contains(" 101 ", StringComparison.Ordinal) && !left.Contains((byte)'}'))
            left = [.. left, .. buffer[..await socket.ReceiveAsync(buffer).Within("the body")]];
        return (head, Encoding.UTF8.GetString(left));
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}

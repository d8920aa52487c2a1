using System.Text;
using System.Text.Json;
using Maru.Server.Configuration;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Platform;

namespace Maru.Server.Tests.Platform.Http;

/// <summary>The server below a path: a proxy may strip it from addresses or leave it.</summary>
public sealed class BasePathTests
{
    [Theory]
    [InlineData("/chat")]
    [InlineData("")]
    public async Task Below_a_path_everything_is_found_with_and_without_it(string prefix)
    {
        using var client = new WebClient();
        await using var server = await MaruServer.StartAsync("--Maru:Http:BasePath=/chat", client.Setting);
        var signUp = new { handle = "ann", name = "Ann", password = Person.Password };
        using var made = await server.Http.SendAsync($"POST {prefix}/api/auth/signup", signUp);
        (made.Headers.Location?.ToString()).ShouldBe("/chat/api/me");
        var ann = server.Person(await Task.FromResult(made).Read<SignedIn>(201));
        using var room = await ann.Http.SendAsync($"POST {prefix}/api/rooms", new { name = "room", visibility = "public" });
        (room.Headers.Location?.ToString()).ShouldBe("/chat/api/rooms/1");
        using var sent = await ann.Http.SendAsync($"POST {prefix}/api/rooms/1/messages", new { text = "hello" });
        (sent.Headers.Location?.ToString()).ShouldBe("/chat/api/rooms/1/messages/1");
        (await ann.Http.SendAsync($"GET {sent.Headers.Location}").Read<Message>()).Text.ShouldBe("hello");

        (await server.Http.SendAsync($"GET {prefix}/").ShouldBe(200)).ShouldContain("<base href=\"/chat/\">");
        await server.Http.SendAsync($"GET {prefix}/app.css").ShouldBe(200);
        await server.Http.SendAsync($"GET {prefix}/health/ready").ShouldBe(200);
        (await ServersAsync(server.Http.SendAsync($"GET {prefix}/openapi/v1.json"))).ShouldBe("/chat");
        foreach (var path in (string[])["/ws", "/ws?x=1"])
        {
            await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, prefix + path);
        }
    }

    [Fact]
    public async Task The_page_below_a_path_is_a_folder()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Http:BasePath=/chat");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = ApiCheck.Client(server.Address, handler);
        using var answer = await http.SendAsync("GET /chat");
        ((int)answer.StatusCode).ShouldBe(301);
        (answer.Headers.Location?.OriginalString).ShouldBe("/chat/");
        using var asked = await http.SendAsync("HEAD /chat?x=%20");
        (asked.Headers.Location?.OriginalString).ShouldBe("/chat/?x=%20");
        using var posted = await http.SendAsync("POST /chat");
        posted.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
        await Task.FromResult(posted).ShouldRefuse(Problems.MethodNotAllowed);
    }

    [Theory]
    [InlineData("127.0.0.1", "/there", "/there")]
    [InlineData("127.0.0.1", "/there/", "/there")]
    [InlineData("127.0.0.1", "/a/b-c_d.e~f", "/a/b-c_d.e~f")]
    [InlineData("127.0.0.1", "there", "")]
    [InlineData("127.0.0.1", "/", "")]
    [InlineData("127.0.0.1", "//evil.example", "")]
    [InlineData("127.0.0.1", "/there//", "")]
    [InlineData("127.0.0.1", "/../x", "")]
    [InlineData("127.0.0.1", "/a\\b", "")]
    [InlineData("127.0.0.1", "/a b", "")]
    [InlineData("127.0.0.1", "/a?b", "")]
    [InlineData("127.0.0.1", "/a%00", "")]
    [InlineData("127.0.0.1", "/a, /b", "")]
    [InlineData("127.0.0.1", "/é", "")]
    [InlineData("10.0.0.1", "/there", "")]
    [InlineData("", "/there", "")]
    public async Task A_proxy_that_is_believed_may_tell_the_path_that_it_strips(string proxies, string told, string path)
    {
        await using var server = await MaruServer.StartAsync($"--Maru:Limits:Proxies={proxies}");
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var http = ApiCheck.Client(server.Address, handler);
        http.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Prefix", told);
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.1");
        var signUp = new { handle = "ann", name = "Ann", password = Person.Password };
        using var made = await http.SendAsync("POST /api/auth/signup", signUp);
        ((int)made.StatusCode).ShouldBe(201);
        (made.Headers.Location?.OriginalString).ShouldBe($"{path}/api/me");
        (await ServersAsync(http.SendAsync("GET /openapi/v1.json"))).ShouldBe(path.Length == 0 ? "/" : path);
    }

    [Fact]
    public async Task The_document_does_not_repeat_what_a_client_calls_the_server()
    {
        await using var server = await MaruServer.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.Host = "evil.example";
        var text = await server.Http.SendAsync(request, TestContext.Current.CancellationToken).ShouldBe(200);
        text.ShouldNotContain("evil.example");
        text.ShouldNotContain("127.0.0.1");
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("/chat/")]
    [InlineData("/")]
    [InlineData("/a b")]
    [InlineData("/../etc")]
    public async Task What_is_no_path_ends_the_start(string path) =>
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync($"--Maru:Http:BasePath={path}"))).Message.ShouldContain(
            "BasePath must be");

    private static async Task<string?> ServersAsync(Task<HttpResponseMessage> document)
    {
        using var json = JsonDocument.Parse(await document.ShouldBe(200));
        return json.RootElement.GetProperty("servers").EnumerateArray().ShouldHaveSingleItem().GetProperty("url").GetString();
    }
}

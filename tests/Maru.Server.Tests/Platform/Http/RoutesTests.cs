using System.Net;
using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Tests.Features.Operations;

namespace Maru.Server.Tests.Platform.Http;

/// <summary>Every route × every defect of a request's head: the right status, the right problem, the right headers.</summary>
public sealed class RoutesTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public Task Without_a_token_the_way_to_sign_in_is_named() => server.EachRouteAsync(
        route => route.NeedsToken,
        route => route.Request(),
        (_, answer) => answer.ShouldRefuseAsync(Problem.Unauthenticated, "WWW-Authenticate: Bearer"));

    [Fact]
    public Task A_token_that_is_none_is_named_as_the_fault() => server.EachRouteAsync(
        route => route.NeedsToken,
        route => route.Request(token: "x.y.z"),
        (_, answer) => answer.ShouldRefuseAsync(Problem.Unauthenticated, "WWW-Authenticate: Bearer error=\"invalid_token\""));

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        // CONNECT is a method of HTTP/2 here.
        var methods = Route.All(server).Where(route => route.Method != "CONNECT").ToLookup(route => route.Template, route => route.Method);
        foreach (var wrong in (Func<string, string>[])[_ => "PURGE", _ => "purge", right => right + "X"])
        {
            await server.EachRouteAsync(
                route => route.Method != "CONNECT",
                route => route.Request(method: wrong(route.Method)),
                (route, answer) =>
                    answer.ShouldRefuseAsync(Problems.MethodNotAllowed, $"Allow: {string.Join(", ", methods[route.Template].Order())}"));
        }
    }

    /// <summary>On a bare socket: HttpClient would put them in upper case.</summary>
    [Theory]
    [InlineData("get /health/live", "GET, HEAD")]
    [InlineData("Head /health/live", "GET, HEAD")]
    [InlineData("post /api/auth/signup", "POST")]
    [InlineData("patch /api/me", "DELETE, GET, HEAD, PATCH")]
    [InlineData("get /", "GET, HEAD")]
    [InlineData("head /index.html", "GET, HEAD")]
    public async Task A_method_in_lower_case_is_another_method(string line, string allow)
    {
        var request = Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: x\r\n\r\n");
        var (socket, head, _) = await Upgrade.RequestAsync(server.Address, request);
        socket.Dispose();
        head.ShouldStartWith("HTTP/1.1 405 ");
        head.Split("\r\n").ShouldContain($"Allow: {allow}");
    }

    /// <summary>On a bare socket: HttpClient would put them in one field.</summary>
    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 401)]
    public async Task A_token_is_in_one_field(int fields, int status)
    {
        var ann = await server.SignUpAsync();
        var field = $"Authorization: Bearer {ann.AccessToken}\r\n";
        var request = $"GET /api/me HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Repeat(field, fields))}\r\n";
        var (socket, head, _) = await Upgrade.RequestAsync(server.Address, Encoding.ASCII.GetBytes(request));
        socket.Dispose();
        head.ShouldStartWith($"HTTP/1.1 {status} ");
        if (status == 401) head.Split("\r\n").ShouldContain("WWW-Authenticate: Bearer error=\"invalid_token\"");
    }

    [Fact]
    public async Task HEAD_is_GET_without_a_body()
    {
        var ann = await server.SignUpAsync();
        var get = new Dictionary<string, string>();
        await server.EachRouteAsync(
            route => route.Method == "GET",
            route => route.Request(token: ann.AccessToken),
            async (route, answer) => get[route.Template] = await HeadAsync(answer));
        await server.EachRouteAsync(
            route => route.Method == "HEAD",
            route => route.Request(token: ann.AccessToken),
            async (route, answer) =>
            {
                (await HeadAsync(answer)).ShouldBe(get[route.Template]);
                (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
                get.Remove(route.Template);
            });
        get.Keys.ShouldBeEmpty("HEAD is missing");

        static Task<string> HeadAsync(HttpResponseMessage answer) => Task.FromResult($"{(int)answer.StatusCode} {Content(answer)}");
    }

    /// <summary>Over HTTP/1.1 the web server itself drops the body; a body here is an error of the protocol.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HEAD_is_GET_without_a_body_over_HTTP2(bool hasToken)
    {
        using var certificate = new ServerCertificate();
        await using var own = await MaruServer.StartAsync(certificate.Settings);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = certificate.IsPresented;
        using var http = ApiCheck.Client(own.AddressOf(Uri.UriSchemeHttps), handler);
        var ann = await own.SignUpAsync();
        foreach (var path in Route.All(own).Where(x => x.Method == "HEAD").Select(x => x.Path).Append("/").Append("/nothing"))
        {
            using var get = await SendAsync("GET", path);
            using var head = await SendAsync("HEAD", path);
            (head.StatusCode, head.Version).ShouldBe((get.StatusCode, HttpVersion.Version20), path);
            Content(head).ShouldBe(Content(get), path);
            (await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty(path);
        }

        Task<HttpResponseMessage> SendAsync(string method, string path)
        {
            var request = new HttpRequestMessage(new HttpMethod(method), path)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            if (hasToken) request.Headers.Authorization = new("Bearer", ann.AccessToken);
            return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("01")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("%201")]
    [InlineData("1.0")]
    [InlineData("1e0")]
    [InlineData("0x1")]
    [InlineData("%D9%A1")]   // an Arabic digit
    [InlineData("9223372036854775808")]
    public async Task A_number_has_one_form_and_another_is_not_found(string number)
    {
        var ann = await server.SignUpAdminAsync();
        await server.EachRouteAsync(
            route => route.HasNumbers,
            route => route.Request(token: ann.AccessToken, number: number),
            (_, answer) => answer.ShouldRefuseAsync(Problem.NotFound));
    }

    [Fact]
    public async Task Headers_of_any_bytes_get_the_same_answer()
    {
        var ann = await server.SignUpAsync();
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 };
        using var http = ApiCheck.Client(server.Address, handler);
        await server.EachRouteAsync(
            route => route.Method is "GET" or "HEAD",
            route =>
            {
                var request = route.Request(token: ann.AccessToken);
                request.Headers.TryAddWithoutValidation("User-Agent", "caf\xe9/1.0");
                request.Headers.TryAddWithoutValidation("X-Anything", "\xc3\xa9 \xff");
                return request;
            },
            (_, answer) =>
            {
                answer.StatusCode.ShouldNotBe(HttpStatusCode.BadRequest);
                return Task.CompletedTask;
            },
            http);
    }

    /// <summary>Returns what the header says of the content.</summary>
    private static string Content(HttpResponseMessage answer)
    {
        var headers = answer.Content.Headers.NonValidated;
        return string.Join(' ', headers.Where(x => x.Key is "Content-Type" or "Content-Length").OrderBy(x => x.Key).Select(x => x.Value));
    }
}

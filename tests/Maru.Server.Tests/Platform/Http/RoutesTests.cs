using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Maru.Engine.Problems;
using Maru.Server.Platform;

namespace Maru.Server.Tests.Platform.Http;

/// <summary>Every route × every defect of a request: the right status, the right problem, the right headers.</summary>
public sealed class RoutesTests(MaruServer server) : IClassFixture<MaruServer>
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    [Fact]
    public Task Without_a_token_the_way_to_sign_in_is_named() => EachAsync(
        route => route.NeedsToken,
        route => Request(route),
        (_, answer) => ShouldRefuseAsync(answer, Problem.Unauthenticated, "WWW-Authenticate: Bearer"));

    [Fact]
    public Task A_token_that_is_none_is_named_as_the_fault() => EachAsync(
        route => route.NeedsToken,
        route => Request(route, token: "x.y.z"),
        (_, answer) => ShouldRefuseAsync(answer, Problem.Unauthenticated, "WWW-Authenticate: Bearer error=\"invalid_token\""));

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        var methods = Route.All(server).ToLookup(route => route.Template, route => route.Method);
        await EachAsync(
            _ => true,
            route => Request(route, method: "PURGE"),
            (route, answer) =>
                ShouldRefuseAsync(answer, Problems.MethodNotAllowed, $"Allow: {string.Join(", ", methods[route.Template].Order())}"));
    }

    [Fact]
    public async Task HEAD_is_GET_without_a_body()
    {
        var ann = await server.SignUpAsync();
        var get = new Dictionary<string, string>();
        await EachAsync(
            route => route.Method == "GET",
            route => Request(route, token: ann.AccessToken),
            async (route, answer) => get[route.Template] = await HeadAsync(answer));
        await EachAsync(
            route => route.Method == "HEAD",
            route => Request(route, token: ann.AccessToken),
            async (route, answer) =>
            {
                (await HeadAsync(answer)).ShouldBe(get[route.Template]);
                (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
                get.Remove(route.Template);
            });
        get.Keys.ShouldBeEmpty("HEAD is missing");

        static Task<string> HeadAsync(HttpResponseMessage answer) =>
            Task.FromResult($"{(int)answer.StatusCode} {answer.Content.Headers.ContentType}");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_body_that_is_not_said_to_be_JSON_is_an_unsupported_media_type(string? type)
    {
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.Body is not null,
            route => Request(route, token: ann.AccessToken, body: "{}"u8.ToArray(), type: type),
            (_, answer) => ShouldRefuseAsync(answer, Problems.UnsupportedMediaType, "Accept: application/json"));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("identity, br")]
    public async Task A_compressed_body_is_an_unsupported_media_type(string coding)
    {
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.Body is not null,
            route =>
            {
                var request = Request(route, token: ann.AccessToken, body: "{}"u8.ToArray());
                request.Content?.Headers.TryAddWithoutValidation("Content-Encoding", coding);
                return request;
            },
            (_, answer) => ShouldRefuseAsync(answer, Problems.UnsupportedMediaType, "Accept-Encoding: identity"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{} {}")]
    public async Task A_body_that_is_no_JSON_object_is_malformed(string body)
    {
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.Body is not null && !(IsOptional(route) && body is "" or "null"),
            route => Request(route, token: ann.AccessToken, body: Encoding.Latin1.GetBytes(body)),
            (_, answer) => ShouldRefuseAsync(answer, Problem.Malformed));

        static bool IsOptional(Route route) => route.Template.EndsWith("/join", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("utf-16")]
    [InlineData("us-ascii")]
    [InlineData("\"latin1\"")]
    [InlineData("no-such-charset")]
    public async Task A_body_in_another_charset_is_an_unsupported_media_type(string charset)
    {
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.Body is not null,
            route => Request(route, token: ann.AccessToken, body: "{}"u8.ToArray(), type: $"application/json; charset={charset}"),
            (_, answer) => ShouldRefuseAsync(answer, Problems.UnsupportedMediaType, "Accept: application/json"));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("\"UTF-8\"")]
    public async Task A_body_may_say_that_it_is_UTF8(string charset)
    {
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.Body is not null,
            route => Request(route, token: ann.AccessToken, body: "7"u8.ToArray(), type: $"application/json; charset={charset}"),
            (_, answer) => ShouldRefuseAsync(answer, Problem.Malformed));
    }

    [Fact]
    public async Task A_body_that_is_not_UTF8_is_malformed()
    {
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.Body is not null,
            route => Request(route, token: ann.AccessToken, body: Encoding.Latin1.GetBytes($"{{\"{FirstField(route)}\":\"\xff\"}}")),
            (_, answer) => ShouldRefuseAsync(answer, Problem.Malformed));
    }

    [Fact]
    public async Task A_body_that_says_one_thing_twice_is_malformed()
    {
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.Body is not null,
            route => Request(route, token: ann.AccessToken, body: Twice(route)),
            (_, answer) => ShouldRefuseAsync(answer, Problem.Malformed));

        static byte[] Twice(Route route)
        {
            var name = FirstField(route);
            var value = name == "text" ? "\"x\"" : "null";
            return Encoding.UTF8.GetBytes($$"""{"{{name}}":{{value}},"{{name}}":{{value}}}""");
        }
    }

    [Fact]
    public async Task A_byte_order_mark_before_a_body_changes_nothing()
    {
        var ann = await server.SignUpAsync();
        var plain = new Dictionary<Route, string>();
        var body = "{\"role\":7}"u8.ToArray();
        bool Takes(Route route) => route.Body is not null && route.Method != "DELETE";
        await EachAsync(
            Takes,
            route => Request(route, token: ann.AccessToken, body: body),
            async (route, answer) => plain[route] = await ProblemAsync(answer));
        await EachAsync(
            Takes,
            route => Request(route, token: ann.AccessToken, body: [.. ByteOrderMark, .. body]),
            async (route, answer) => (await ProblemAsync(answer)).ShouldBe(plain[route]));

        static async Task<string> ProblemAsync(HttpResponseMessage answer)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return text.IndexOf("traceId", StringComparison.Ordinal) is > 0 and var end ? text[..end] : $"{answer.StatusCode}";
        }
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_too_large()
    {
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.Body is not null,
            route => Request(route, token: ann.AccessToken, body: Encoding.UTF8.GetBytes($$"""{"x":"{{new string('x', 300_000)}}"}""")),
            (_, answer) => ShouldRefuseAsync(answer, Problem.TooLarge));
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
        var ann = await server.SignUpAsync();
        await EachAsync(
            route => route.HasNumbers,
            route => Request(route, token: ann.AccessToken, number: number),
            (_, answer) => ShouldRefuseAsync(answer, Problem.NotFound));
    }

    [Fact]
    public async Task Headers_of_any_bytes_get_the_same_answer()
    {
        var ann = await server.SignUpAsync();
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 };
        using var http = ApiCheck.Client(server.Address, handler);
        await EachAsync(
            route => route.Method is "GET" or "HEAD",
            route =>
            {
                var request = Request(route, token: ann.AccessToken);
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

    /// <summary>Sends one request for each route that is meant; what is wrong with the answers is told for all of them together.</summary>
    private async Task EachAsync(
        Func<Route, bool> isMeant,
        Func<Route, HttpRequestMessage> make,
        Func<Route, HttpResponseMessage, Task> check,
        HttpClient? http = null)
    {
        List<string> faults = [];
        var count = 0;
        foreach (var route in Route.All(server).Where(isMeant))
        {
            count++;
            using var request = make(route);
            using var answer = await (http ?? server.Http).SendAsync(request, TestContext.Current.CancellationToken);
            try
            {
                // Only the public keys are for everybody.
                var isKept = route.Template == "/.well-known/jwks.json" && answer.StatusCode == HttpStatusCode.OK;
                (answer.Headers.CacheControl?.NoStore).ShouldBe(!isKept, "no-store");
                answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
                await check(route, answer);
            }
            catch (Exception e) when (e is ShouldAssertException or InvalidOperationException or JsonException)
            {
                faults.Add($"{route}: {(int)answer.StatusCode}. {e.Message.ReplaceLineEndings(" ")}");
            }
        }

        count.ShouldBeGreaterThan(0);
        faults.ShouldBeEmpty();
    }

    private static string FirstField(Route route) => JsonNamingPolicy.CamelCase.ConvertName(route.Body!.GetProperties()[0].Name);

    private static HttpRequestMessage Request(
        Route route,
        string? method = null,
        string? token = null,
        byte[]? body = null,
        string? type = "application/json",
        string number = "1")
    {
        var request = new HttpRequestMessage(new HttpMethod(method ?? route.Method), route.Path(number));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (type is not null && request.Content is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return request;
    }

    private static async Task ShouldRefuseAsync(HttpResponseMessage answer, Problem problem, string? header = null)
    {
        ((int)answer.StatusCode).ShouldBe(problem.Status);
        if (answer.RequestMessage?.Method != HttpMethod.Head)
        {
            (answer.Content.Headers.ContentType?.ToString()).ShouldBe("application/problem+json");
            var details = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
            details.GetProperty("type").GetString().ShouldBe(problem.Slug);
            details.GetProperty("status").GetInt32().ShouldBe(problem.Status);
            details.GetProperty("title").GetString().ShouldBe(problem.Title);
            details.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        }

        if (header is null) return;
        var all = answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated).Select(pair => $"{pair.Key}: {pair.Value}");
        all.ShouldContain(header);
    }
}

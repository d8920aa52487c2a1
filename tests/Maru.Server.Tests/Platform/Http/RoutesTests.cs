using System.Net;
using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Platform;

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
        var methods = Route.All(server).ToLookup(route => route.Template, route => route.Method);
        await server.EachRouteAsync(
            _ => true,
            route => route.Request(method: "PURGE"),
            (route, answer) =>
                answer.ShouldRefuseAsync(Problems.MethodNotAllowed, $"Allow: {string.Join(", ", methods[route.Template].Order())}"));
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

        static Task<string> HeadAsync(HttpResponseMessage answer) =>
            Task.FromResult($"{(int)answer.StatusCode} {answer.Content.Headers.ContentType}");
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
}

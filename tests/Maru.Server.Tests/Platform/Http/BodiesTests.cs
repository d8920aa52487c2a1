using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Tests.Features.Operations;

namespace Maru.Server.Tests.Platform.Http;

/// <summary>Every route that takes a body × every defect of a body: the right status, the right problem, the right headers.</summary>
public sealed class BodiesTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/merge-patch+json")]
    [InlineData("application/problem+json")]
    [InlineData("application/json-seq")]
    [InlineData("text/json")]
    [InlineData(null)]
    public Task A_body_that_is_not_said_to_be_JSON_is_an_unsupported_media_type(string? type) =>
        ShouldRefuseAsync(_ => "{}"u8.ToArray(), Problems.UnsupportedMediaType, "Accept: application/json", type);

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("utf-16")]
    [InlineData("us-ascii")]
    [InlineData("\"latin1\"")]
    [InlineData("no-such-charset")]
    public Task A_body_in_another_charset_is_an_unsupported_media_type(string charset) => ShouldRefuseAsync(
        _ => "{}"u8.ToArray(), Problems.UnsupportedMediaType, "Accept: application/json", $"application/json; charset={charset}");

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("Application/JSON")]
    [InlineData("application/json; version=1")]
    public Task A_body_may_say_more_than_that_it_is_JSON(string type) =>
        ShouldRefuseAsync(_ => "7"u8.ToArray(), Problem.Malformed, type: type);

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("identity, br")]
    public async Task A_compressed_body_is_an_unsupported_media_type(string coding)
    {
        var ann = await server.SignUpAdminAsync();
        await server.EachRouteAsync(
            route => route.Body is not null,
            route =>
            {
                var request = route.Request(token: ann.AccessToken, body: "{}"u8.ToArray());
                request.Content?.Headers.TryAddWithoutValidation("Content-Encoding", coding);
                return request;
            },
            (_, answer) => answer.ShouldRefuseAsync(Problems.UnsupportedMediaType, "Accept-Encoding: identity"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{} {}")]
    public async Task A_body_that_is_no_JSON_object_is_malformed(string body)
    {
        var ann = await server.SignUpAdminAsync();
        await server.EachRouteAsync(
            route => route.Body is not null && !(IsOptional(route) && body is "" or "null"),
            route => route.Request(token: ann.AccessToken, body: Encoding.Latin1.GetBytes(body)),
            (_, answer) => answer.ShouldRefuseAsync(Problem.Malformed));

        static bool IsOptional(Route route) => route is { Method: "DELETE", Template: "/api/me" } || Array.Exists(
            ["/refresh", "/join", "/owner", "/invitations", "/bans/{userId:number}"],
            end => route.Template.EndsWith(end, StringComparison.Ordinal));
    }

    [Fact]
    public Task A_body_that_is_not_UTF8_is_malformed() =>
        ShouldRefuseAsync(route => Encoding.Latin1.GetBytes($"{{\"{route.FirstField}\":\"\xff\"}}"), Problem.Malformed);

    [Fact]
    public Task A_body_that_says_one_thing_twice_is_malformed()
    {
        return ShouldRefuseAsync(Twice, Problem.Malformed);

        static byte[] Twice(Route route)
        {
            var name = route.FirstField;
            var value = name == "text" ? "\"x\"" : "null";
            return Encoding.UTF8.GetBytes($$"""{"{{name}}":{{value}},"{{name}}":{{value}}}""");
        }
    }

    [Theory]
    [InlineData("{\"role\":7}", "\uFEFF{\"role\":7}")]
    [InlineData("{\"role\":7}", "{\"foo\":1,\"role\":7,\"foo\":2}")]
    [InlineData("{}", "{\"ROLE\":7,\"Name\":7,\"Handle\":7,\"Text\":7,\"UserId\":7,\"Password\":7,\"REFRESHTOKEN\":7}")]
    public async Task A_byte_order_mark_and_fields_of_other_names_change_nothing(string body, string same)
    {
        var ann = await server.SignUpAdminAsync();
        var plain = new Dictionary<Route, string>();
        await server.EachRouteAsync(
            Takes,
            route => route.Request(token: ann.AccessToken, body: Encoding.UTF8.GetBytes(body)),
            async (route, answer) => plain[route] = await ProblemAsync(answer));
        await server.EachRouteAsync(
            Takes,
            route => route.Request(token: ann.AccessToken, body: Encoding.UTF8.GetBytes(same)),
            async (route, answer) => (await ProblemAsync(answer)).ShouldBe(plain[route]));

        static bool Takes(Route route) => route.Body is not null && route.Method != "DELETE";

        static async Task<string> ProblemAsync(HttpResponseMessage answer)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return text.IndexOf("traceId", StringComparison.Ordinal) is > 0 and var end ? text[..end] : $"{answer.StatusCode}";
        }
    }

    [Fact]
    public Task A_body_beyond_the_limit_is_too_large() =>
        ShouldRefuseAsync(_ => Encoding.UTF8.GetBytes($$"""{"x":"{{new string('x', 300_000)}}"}"""), Problem.TooLarge);

    /// <summary>With a good token, at each route that takes a body.</summary>
    private async Task ShouldRefuseAsync(
        Func<Route, byte[]> body, Problem problem, string? header = null, string? type = "application/json")
    {
        var ann = await server.SignUpAdminAsync();
        await server.EachRouteAsync(
            route => route.Body is not null,
            route => route.Request(token: ann.AccessToken, body: body(route), type: type),
            (_, answer) => answer.ShouldRefuseAsync(problem, header));
    }
}

using System.Net.Http.Headers;
using Maru.Server.Platform;

namespace Maru.Server.Tests.Platform;

/// <summary>The pages of the program keep RFC 9110 and 9111.</summary>
public sealed class StaticPagesTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/maru.css")]
    public async Task Pages_are_only_read(string path)
    {
        foreach (var method in (string[])["POST", "PUT", "DELETE", "PATCH"])
        {
            using var answer = await server.Http.SendAsync($"{method} {path}");
            answer.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
            await Task.FromResult(answer).ShouldRefuse(Problems.MethodNotAllowed);
        }
    }

    [Fact]
    public async Task HEAD_tells_what_GET_would()
    {
        using var get = await server.Http.SendAsync("GET /");
        using var head = await server.Http.SendAsync("HEAD /");
        head.StatusCode.ShouldBe(get.StatusCode);
        head.Content.Headers.ToString().ShouldBe(get.Content.Headers.ToString());
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        (await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("W/{0}")]
    [InlineData("\"other\", W/{0}")]
    [InlineData("*")]
    public async Task What_the_client_has_is_not_sent_again(string condition)
    {
        using var first = await server.Http.SendAsync("GET /maru.css");
        using var again = await SendAsync(
            "If-None-Match", condition.Replace("{0}", first.Headers.ETag!.ToString(), StringComparison.Ordinal));
        ((int)again.StatusCode).ShouldBe(304);
        again.Headers.ETag.ShouldBe(first.Headers.ETag);
    }

    [Fact]
    public async Task A_condition_that_fails_is_told_as_a_problem() =>
        await SendAsync("If-Match", "\"other\"").ShouldRefuse(Problems.PreconditionFailed);

    [Fact]
    public async Task A_range_beyond_the_end_is_told_how_long_the_page_is()
    {
        using var whole = await server.Http.SendAsync("GET /maru.css");
        using var answer = await SendAsync("Range", "bytes=9999999-");
        answer.Content.Headers.ContentRange.ShouldBe(new ContentRangeHeaderValue(whole.Content.Headers.ContentLength!.Value));
        await Task.FromResult(answer).ShouldRefuse(Problems.RangeNotSatisfiable);
    }

    [Theory]
    [InlineData("items=0-3")]
    [InlineData("bytes-0=0-3")]
    [InlineData("items=9999999-")]
    [InlineData("0-3")]
    public async Task A_range_of_anything_but_bytes_is_ignored(string range)
    {
        using var whole = await server.Http.SendAsync("GET /maru.css");
        using var answer = await SendAsync("Range", range);
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Content.Headers.ContentLength.ShouldBe(whole.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_part_of_a_page_is_sent_alone()
    {
        using var answer = await SendAsync("Range", "bytes=0-3");
        ((int)answer.StatusCode).ShouldBe(206);
        answer.Content.Headers.ContentLength.ShouldBe(4);
    }

    [Theory]
    [InlineData("/openapi/v2.json")]
    [InlineData("/openapi/")]
    [InlineData("/nothing.css")]
    [InlineData("/..%2fappsettings.json")]
    [InlineData("/appsettings.json")]
    public async Task What_is_no_page_is_not_found(string path) =>
        await server.Http.SendAsync($"GET {path}").ShouldRefuse(Maru.Engine.Problems.Problem.NotFound);

    private Task<HttpResponseMessage> SendAsync(string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/maru.css");
        request.Headers.TryAddWithoutValidation(header, value);
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}

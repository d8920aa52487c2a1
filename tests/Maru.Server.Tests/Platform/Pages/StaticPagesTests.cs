using System.Net.Http.Headers;
using Maru.Server.Platform;

namespace Maru.Server.Tests.Platform.Pages;

/// <summary>The files of the web client keep RFC 9110 and 9111.</summary>
public sealed class StaticPagesTests : IAsyncLifetime
{
    private readonly WebClient _client = new();
    private MaruServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await MaruServer.StartAsync(_client.Setting);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    [InlineData("/app.css")]
    [InlineData("/assets/app-0a1b2c.js")]
    public async Task Pages_are_only_read(string path)
    {
        foreach (var method in (string[])["POST", "PUT", "DELETE", "PATCH"])
        {
            using var answer = await _server.Http.SendAsync($"{method} {path}");
            answer.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
            await Task.FromResult(answer).ShouldRefuse(Problems.MethodNotAllowed);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/app.css")]
    [InlineData("/assets/app-0a1b2c.js")]
    public async Task HEAD_tells_what_GET_would(string path)
    {
        using var get = await _server.Http.SendAsync($"GET {path}");
        using var head = await _server.Http.SendAsync($"HEAD {path}");
        head.StatusCode.ShouldBe(get.StatusCode);
        head.Content.Headers.ToString().ShouldBe(get.Content.Headers.ToString());
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        (await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{0}", "/app.css")]
    [InlineData("W/{0}", "/app.css")]
    [InlineData("\"other\", W/{0}", "/app.css")]
    [InlineData("*", "/app.css")]
    [InlineData("{0}", "/")]
    [InlineData("W/{0}", "/assets/app-0a1b2c.js")]
    public async Task What_the_client_has_is_not_sent_again(string condition, string path)
    {
        using var first = await _server.Http.SendAsync($"GET {path}");
        using var again = await SendAsync(
            "If-None-Match", condition.Replace("{0}", first.Headers.ETag!.ToString(), StringComparison.Ordinal), path);
        ((int)again.StatusCode).ShouldBe(304);
        again.Headers.ETag.ShouldBe(first.Headers.ETag);
        (again.Headers.CacheControl?.ToString()).ShouldBe(first.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/app.css")]
    [InlineData("/assets/app-0a1b2c.js")]
    public async Task A_condition_that_fails_is_told_as_a_problem(string path)
    {
        using var answer = await SendAsync("If-Match", "\"other\"", path, "br");
        answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
        (answer.Headers.CacheControl?.ToString()).ShouldBe("no-store");
        answer.Headers.ETag.ShouldBeNull();
        await Task.FromResult(answer).ShouldRefuse(Problems.PreconditionFailed);
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_told_how_long_the_page_is()
    {
        using var whole = await _server.Http.SendAsync("GET /app.css");
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
        using var whole = await _server.Http.SendAsync("GET /app.css");
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
    [InlineData("/assets/app-ffffff.js")]
    [InlineData("/assets/")]
    [InlineData("/sw.js.br")]
    [InlineData("/assets/app-0a1b2c.js.gz")]
    [InlineData("/alone.gz")]
    [InlineData("/APP.css")]
    [InlineData("/app.css/")]
    [InlineData("/x//app.css")]
    [InlineData("/.vite/manifest.json")]
    [InlineData("/LICENCE")]
    [InlineData("/api/app.css")]
    [InlineData("/assets/..%2fapp.css")]
    [InlineData("/..%2fappsettings.json")]
    [InlineData("/appsettings.json")]
    public async Task What_is_no_page_is_not_found(string path) =>
        await _server.Http.SendAsync($"GET {path}").ShouldRefuse(Maru.Engine.Problems.Problem.NotFound);

    private Task<HttpResponseMessage> SendAsync(string header, string value, string path = "/app.css", string? coding = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);
        if (coding is not null) request.Headers.Add("Accept-Encoding", coding);
        return _server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}

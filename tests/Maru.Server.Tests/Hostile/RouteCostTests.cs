using System.Net.Http.Headers;
using Maru.Engine.Problems;
using Maru.Server.Features.Health;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Limits;
using Maru.Server.Tests.Platform.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maru.Server.Tests.Hostile;

/// <summary>Every route counts against a limit, or costs no more than its refusal would.</summary>
public sealed class RouteCostTests
{
    /// <summary>The routes without a limit, and why each is cheap.</summary>
    private static readonly Dictionary<string, string> Free = new()
    {
        ["/health/live"] = "a constant",
        ["/health/ready"] = "one query at a time, shared by all who ask",
        ["/ws"] = "connections have limits of their own, and a refused handshake costs as much as a 429",
    };

    private static readonly string[] Limits =
    [
        "--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:AddressBurst=1", "--Maru:RateLimits:AddressPerSecond=1",
        "--Maru:RateLimits:UserBurst=1", "--Maru:RateLimits:UserPerSecond=1",
    ];

    // Pages, and what no route takes.
    private static readonly string[] Others =
    [
        "GET /", "HEAD /", "GET /index.html", "POST /index.html", "GET /nothing", "GET /nothing.css", "GET /api/nothing",
        "GET /health/nothing", "POST /health/live", "DELETE /api/rooms", "OPTIONS /api/me", "PURGE /openapi/v1.json", "GET /x//",
    ];

    [Fact]
    public async Task Each_route_is_limited_or_known_to_be_free()
    {
        await using var server = await MaruServer.StartAsync();
        var free = server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<Unlimited>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/'));
        free.Distinct().ShouldBe(Free.Keys, ignoreOrder: true);
    }

    /// <summary>By time that stands still: what was taken does not come back.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_request_counts_whatever_it_asks_for(bool withToken)
    {
        await using var server = await MaruServer.StartAsync(new ManualTime(), null, Limits);
        using var http = ApiCheck.Client(server.Address);
        if (withToken)
        {
            var ann = await server.SignUpAsync();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ann.AccessToken);
        }

        await http.SendAsync("GET /").ShouldBe(200);
        await server.EachRouteAsync(
            route => !Free.ContainsKey(route.Template) && route.Method != "CONNECT",
            route => route.Request(),
            (_, answer) => answer.ShouldRefuseAsync(Problem.RateLimited),
            http);
        foreach (var line in Others)
        {
            using var answer = await http.SendAsync(line);
            ((int)answer.StatusCode).ShouldBe(429, line);
        }

        foreach (var path in Free.Keys.Except(["/ws"])) await http.SendAsync($"GET {path}").ShouldBe(200);
        await http.SendAsync("GET /ws").ShouldRefuse(Problem.UpgradeRequired);
    }

    [Fact]
    public async Task The_API_document_is_made_once_whoever_asks_for_it_and_however()
    {
        var made = 0;
        await using var server = await MaruServer.StartAsync(
            null,
            services => services.Configure<OpenApiOptions>(ApiDocument.Name, options => options.AddDocumentTransformer((_, _, _) =>
            {
                Interlocked.Increment(ref made);
                return Task.CompletedTask;
            })),
            "--Maru:Limits:Proxies=127.0.0.1");
        made.ShouldBe(0, "the start does not wait for it");
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => DocumentAsync(server, prefix: $"/{i % 4}")));
        made.ShouldBe(1);
        answers.Select(answer => answer.Headers.ETag).Distinct().Count().ShouldBe(4, "the base path is in it");
        foreach (var answer in answers) answer.Dispose();
    }

    [Theory]
    [InlineData("GET", "If-None-Match", "{0}", 304)]
    [InlineData("GET", "If-None-Match", "\"other\", W/{0}", 304)]
    [InlineData("HEAD", "If-None-Match", "*", 304)]
    [InlineData("GET", "If-None-Match", "\"other\"", 200)]
    [InlineData("GET", "If-Match", "\"other\", {0}", 200)]
    [InlineData("GET", "If-Match", "W/{0}", 412)]
    [InlineData("HEAD", null, "", 200)]
    public async Task The_API_document_has_a_tag(string method, string? condition, string tags, int status)
    {
        await using var server = await MaruServer.StartAsync();
        using var first = await DocumentAsync(server);
        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        var length = first.Content.Headers.ContentLength!.Value;
        (await first.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length.ShouldBe((int)length);

        var request = new HttpRequestMessage(new HttpMethod(method), "/openapi/v1.json");
        var tag = first.Headers.ETag!.ToString();
        if (condition is not null) request.Headers.TryAddWithoutValidation(condition, tags.Replace("{0}", tag, StringComparison.Ordinal));
        using var again = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        ((int)again.StatusCode).ShouldBe(status);
        again.Headers.ETag.ShouldBe(first.Headers.ETag);
        if (method == "HEAD" && status == 200) again.Content.Headers.ContentLength.ShouldBe(length);
        if (status == 412) await Task.FromResult(again).ShouldRefuse(Problems.PreconditionFailed);
        else if (status != 200 || method == "HEAD")
            (await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_store_has_one_question_of_readiness_at_a_time()
    {
        var store = new HeldDatabase();
        await using var server = await MaruServer.StartAsync(null, store.Use<Readiness>);
        var readiness = server.Service<Readiness>();
        var hold = store.HoldReads(1);
        var first = AskAsync();
        await hold.Arrived;
        var others = Enumerable.Range(0, 100).Select(_ => AskAsync()).ToArray();
        store.Reads.ShouldBe(1);
        hold.Release();
        (await Task.WhenAll([first, .. others]).Within("all answers")).ShouldAllBe(fault => fault == null);
        store.Reads.ShouldBe(2);

        Task<Problem?> AskAsync() => readiness.FindFaultAsync(CancellationToken.None).AsTask();
    }

    private static Task<HttpResponseMessage> DocumentAsync(MaruServer server, string? prefix = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        if (prefix is not null) request.Headers.Add("X-Forwarded-Prefix", prefix);
        if (prefix is not null) request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}

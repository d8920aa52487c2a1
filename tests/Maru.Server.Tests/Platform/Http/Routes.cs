using System.Net;
using System.Text.Json;
using Maru.Engine.Problems;

namespace Maru.Server.Tests.Platform.Http;

/// <summary>One request for each route, and what every answer has.</summary>
internal static class Routes
{
    /// <summary>Sends one request for each route that is meant; what is wrong with the answers is told for all of them together.</summary>
    public static async Task EachRouteAsync(
        this MaruServer server,
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
            // Not to the end: a stream has none.
            using var answer = await (http ?? server.Http).SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            try
            {
                // Only these are for everybody.
                var isKept = route.Template is "/.well-known/jwks.json" or "/openapi/v1.json" && answer.StatusCode == HttpStatusCode.OK;
                (answer.Headers.CacheControl?.NoStore).ShouldBe(!isKept, "no-store");
                answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
                answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
                answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
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

    /// <param name="answer">to the request</param>
    /// <param name="problem">that it tells</param>
    /// <param name="header">that it has, with its value</param>
    public static async Task ShouldRefuseAsync(this HttpResponseMessage answer, Problem problem, string? header = null)
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

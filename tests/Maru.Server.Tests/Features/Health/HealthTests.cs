using Maru.Server.Features.Health;

namespace Maru.Server.Tests.Features.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_running_server_is_live_and_ready()
    {
        await using var server = await MaruServer.StartAsync();
        (await server.Http.SendAsync("GET /health/live").Read<HealthReport>()).ShouldBe(new HealthReport("live", "0.1.0"));
        (await server.Http.SendAsync("GET /health/ready").Read<HealthReport>()).ShouldBe(new HealthReport("ready", "0.1.0"));
    }

    [Fact]
    public async Task The_page_links_only_to_what_is_there()
    {
        await using var server = await MaruServer.StartAsync();
        using var answer = await server.Http.SendAsync("GET /");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var links = System.Text.RegularExpressions.Regex.Matches(page, "(?:href|src)=\"([^\"]+)\"").Select(match => match.Groups[1].Value)
            .ToArray();
        links.Length.ShouldBeGreaterThan(4);
        foreach (var link in links) await server.Http.SendAsync($"GET /{link.TrimStart('/')}").ShouldBe(200);
    }

    [Fact]
    public async Task The_icon_that_browsers_ask_for_by_themselves_is_there_and_small()
    {
        await using var server = await MaruServer.StartAsync();
        using var answer = await server.Http.SendAsync("GET /favicon.ico");
        ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType).ShouldBe((200, "image/x-icon"));
        (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length.ShouldBeInRange(1, 1024);
    }
}

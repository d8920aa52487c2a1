using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;

namespace Maru.Server.Tests.Features.Sessions;

/// <summary>An exchange of a refresh token may be repeated for a short grace; a use after it is taken for a thief's.</summary>
public sealed class RefreshTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Tabs_that_refresh_at_once_get_the_same_token()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var tabs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(server, ann.RefreshToken).Read<SignedIn>()));
        var next = tabs.Select(tab => tab.RefreshToken).Distinct().Single();
        next.ShouldNotBe(ann.RefreshToken);
        foreach (var tab in tabs) await server.Person(tab).Http.SendAsync("GET /api/me").ShouldBe(200);
        (await ann.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items.Count.ShouldBe(1);
        (await RefreshAsync(server, next).Read<SignedIn>()).RefreshToken.ShouldNotBe(next);
    }

    [Fact]
    public async Task An_answer_that_was_lost_comes_again()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var _ = server;
        var ann = await server.SignUpAsync();
        store.LoseAnswer();
        await RefreshAsync(server, ann.RefreshToken).ShouldRefuse(Problem.Unavailable);
        var next = await RefreshAsync(server, ann.RefreshToken).Read<SignedIn>();
        await server.Person(next).Http.SendAsync("GET /api/me").ShouldBe(200);
        await RefreshAsync(server, next.RefreshToken).ShouldBe(200);
    }

    [Fact]
    public async Task An_exchange_that_is_under_way_is_not_taken_for_a_theft()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var _ = server;
        var ann = await server.SignUpAsync();
        var hold = store.HoldCommits(1);
        var first = RefreshAsync(server, ann.RefreshToken);
        await hold.Arrived;
        var second = RefreshAsync(server, ann.RefreshToken);
        hold.Release();
        (await second.Read<SignedIn>()).RefreshToken.ShouldBe((await first.Read<SignedIn>()).RefreshToken);
    }

    [Fact]
    public async Task The_grace_ends_with_its_time()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null, "--Maru:Jwt:RefreshGrace=00:00:10");
        var ann = await server.SignUpAsync();
        var next = await RefreshAsync(server, ann.RefreshToken).Read<SignedIn>();
        time.Advance(TimeSpan.FromSeconds(10) - Moment);
        (await RefreshAsync(server, ann.RefreshToken).Read<SignedIn>()).RefreshToken.ShouldBe(next.RefreshToken);

        time.Advance(Moment);
        await ShouldEndAsync(server, ann.RefreshToken, next);
    }

    [Fact]
    public async Task The_grace_ends_with_the_successors_first_use()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var next = await RefreshAsync(server, ann.RefreshToken).Read<SignedIn>();
        var last = await RefreshAsync(server, next.RefreshToken).Read<SignedIn>();
        (await RefreshAsync(server, next.RefreshToken).Read<SignedIn>()).RefreshToken.ShouldBe(last.RefreshToken);
        await ShouldEndAsync(server, ann.RefreshToken, last);
    }

    [Fact]
    public async Task Without_a_grace_a_second_use_ends_the_session()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Jwt:RefreshGrace=0");
        var ann = await server.SignUpAsync();
        var next = await RefreshAsync(server, ann.RefreshToken).Read<SignedIn>();
        await ShouldEndAsync(server, ann.RefreshToken, next);
    }

    [Fact]
    public async Task A_session_that_ended_gives_no_token_again()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        await RefreshAsync(server, ann.RefreshToken).ShouldBe(200);
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        await RefreshAsync(server, ann.RefreshToken).ShouldRefuse(Problem.SessionEnded);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("ES256")]
    public async Task A_server_that_starts_again_gives_the_same_token(string algorithm)
    {
        await using var server = await MaruServer.StartAsync($"--Maru:Jwt:Algorithm={algorithm}", "--Maru:Jwt:RefreshGrace=00:05:00");
        var ann = await server.SignUpAsync();
        var next = await RefreshAsync(server, ann.RefreshToken).Read<SignedIn>();
        await server.RestartAsync();
        (await RefreshAsync(server, ann.RefreshToken).Read<SignedIn>()).RefreshToken.ShouldBe(next.RefreshToken);
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Two_nodes_give_the_same_token()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0);
        var ann = await cluster[0].SignUpAsync();
        var (here, there) = (RefreshAsync(cluster[0], ann.RefreshToken), RefreshAsync(cluster[1], ann.RefreshToken));
        var next = await here.Read<SignedIn>();
        (await there.Read<SignedIn>()).RefreshToken.ShouldBe(next.RefreshToken);
        (await RefreshAsync(cluster[1], ann.RefreshToken).Read<SignedIn>()).RefreshToken.ShouldBe(next.RefreshToken);

        var last = await RefreshAsync(cluster[1], next.RefreshToken).Read<SignedIn>();
        await RefreshAsync(cluster[0], ann.RefreshToken).ShouldRefuse(Problem.SessionEnded);
        await RefreshAsync(cluster[1], last.RefreshToken).ShouldRefuse(Problem.SessionEnded);
    }

    private static async Task ShouldEndAsync(MaruServer server, string token, SignedIn last)
    {
        await RefreshAsync(server, token).ShouldRefuse(Problem.SessionEnded);
        await server.Person(last).Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await RefreshAsync(server, last.RefreshToken).ShouldRefuse(Problem.SessionEnded);
    }

    private static Task<HttpResponseMessage> RefreshAsync(MaruServer server, string? refreshToken) =>
        server.Http.SendAsync("POST /api/auth/refresh", new { refreshToken });
}

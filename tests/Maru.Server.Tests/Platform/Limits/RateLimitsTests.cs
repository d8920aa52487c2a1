using System.Globalization;
using System.Net.Http.Json;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Platform.Limits;

public sealed class RateLimitsTests
{
    private const string On = "--Maru:RateLimits:Enabled=true";

    [Fact]
    public async Task Each_user_has_a_limit_of_their_own()
    {
        await using var server = await MaruServer.StartAsync(
            new ManualTime(), null, On, "--Maru:RateLimits:UserBurst=3", "--Maru:RateLimits:UserPerSecond=1");
        var ann = await server.SignUpAsync();
        var bob = await server.SignUpAsync();
        for (var i = 0; i < 3; i++) await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
        await ShouldWaitAsync(ann.Http.SendAsync("GET /api/me"));
        await bob.Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Fact]
    public async Task Headers_say_what_the_limits_are_and_what_is_left()
    {
        await using var server = await MaruServer.StartAsync(
            new ManualTime(),
            null,
            On,
            "--Maru:RateLimits:UserBurst=5",
            "--Maru:RateLimits:UserPerSecond=1",
            "--Maru:RateLimits:SignInBurst=2",
            "--Maru:RateLimits:SignInPerMinute=1");
        var signedUp = new { handle = "ann", name = "Ann", password = Person.Password };
        using (var signUp = await server.Http.SendAsync("POST /api/auth/signup", signedUp))
        {
            Header(signUp, "RateLimit-Policy").ShouldBe("\"address\";q=300;w=3, \"sign-in\";q=2;w=120");
            Header(signUp, "RateLimit").ShouldBe("\"address\";r=299;t=1, \"sign-in\";r=1;t=60");
        }

        var ann = await server.SignInAsync("ann");
        var room = await ann.MakeRoomAsync();
        using (var message = await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "hello" }))
        {
            Header(message, "RateLimit-Policy").ShouldBe("\"user\";q=5;w=5, \"message\";q=200;w=4");
            Header(message, "RateLimit").ShouldBe("\"user\";r=3;t=1, \"message\";r=199;t=1");
        }

        while (await ann.Http.SendAsync("GET /api/me") is { } answer)
        {
            if ((int)answer.StatusCode != 429) continue;
            Header(answer, "RateLimit").ShouldBe("\"user\";r=0;t=1");
            Header(answer, "Retry-After").ShouldBe("1");
            break;
        }
    }

    [Fact]
    public async Task Who_hides_and_shows_over_and_over_is_refused_and_may_change_the_rest_of_their_profile()
    {
        await using var server = await MaruServer.StartAsync(new ManualTime(), null, On);
        var ann = await server.SignUpAsync();
        for (var i = 0; i < 20; i++) await ann.Http.SendAsync("PATCH /api/me", new { showPresence = i % 2 == 0 }).ShouldBe(200);
        await ShouldWaitAsync(ann.Http.SendAsync("PATCH /api/me", new { showPresence = true }), atLeast: 9);
        await ann.Http.SendAsync("PATCH /api/me", new { name = "Ann" }).ShouldBe(200);
    }

    [Fact]
    public async Task A_message_over_REST_counts_against_the_same_limit_as_one_on_a_socket()
    {
        await using var server = await MaruServer.StartAsync(On, "--Maru:Engine:MessageBurst=4", "--Maru:Engine:MessagesPerSecond=1");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        server.Service<ChatEngine>().MessageRate.Owe(ann.Id, 100);
        await ShouldWaitAsync(ann.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "hello" }), atLeast: 20);
        await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Theory]
    [InlineData("PUT", "reactions/%F0%9F%91%8D")]
    [InlineData("DELETE", "reactions/%F0%9F%91%8D")]
    [InlineData("PUT", "star")]
    [InlineData("DELETE", "star")]
    [InlineData("PUT", "pin")]
    [InlineData("DELETE", "pin")]
    public async Task What_is_done_to_a_message_counts_against_the_same_limit_as_one(string method, string what)
    {
        await using var server = await MaruServer.StartAsync(On, "--Maru:Engine:MessageBurst=4", "--Maru:Engine:MessagesPerSecond=1");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var request = $"{method} /api/rooms/{room.Id}/messages/{(await ann.SayAsync(room)).Seq}/{what}";
        await ann.Http.SendAsync(request).ShouldBe(204);
        server.Service<ChatEngine>().MessageRate.Owe(ann.Id, 100);
        await ann.Http.SendAsync(request).ShouldRefuse(Problem.RateLimited);
    }

    [Fact]
    public async Task Without_limits_no_header_speaks_of_them()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Engine:MessageBurst=1", "--Maru:Engine:MessagesPerSecond=1");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 3; i++) await ann.SayAsync(room);
        using var answer = await ann.Http.SendAsync("GET /api/me");
        answer.Headers.Where(header => header.Key.StartsWith("RateLimit", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public async Task Addresses_of_one_IPv6_network_share_a_limit(string first, string second, bool share)
    {
        await using var server = await MaruServer.StartAsync(
            On, "--Maru:RateLimits:SignInBurst=1", "--Maru:RateLimits:SignInPerMinute=1", "--Maru:Limits:Proxies=127.0.0.1");
        (await StatusAsync(first)).ShouldBe(401);
        (await StatusAsync(first)).ShouldBe(429);
        (await StatusAsync(second)).ShouldBe(share ? 429 : 401);

        async Task<int> StatusAsync(string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login");
            request.Content = JsonContent.Create(new { handle = "ann", password = "x" });
            request.Headers.Add("X-Forwarded-For", address);
            using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task An_address_may_sign_in_only_so_often_and_health_stays_open()
    {
        await using var server = await MaruServer.StartAsync(
            On,
            "--Maru:RateLimits:SignInBurst=2",
            "--Maru:RateLimits:SignInPerMinute=1",
            "--Maru:RateLimits:AddressBurst=10",
            "--Maru:RateLimits:AddressPerSecond=1");
        await server.SignUpAsync();
        await server.SignUpAsync();
        await ShouldWaitAsync(server.Http.SendAsync("POST /api/auth/login", new { handle = "ann", password = "x" }));
        while ((int)(await server.Http.SendAsync("GET /api/me")).StatusCode != 429)
        {
        }

        await server.Http.SendAsync("GET /health/live").ShouldBe(200);
    }

    [Fact]
    public async Task An_account_takes_only_so_many_attempts_from_one_address()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null, On, "--Maru:RateLimits:AttemptsPerAccount=3");
        for (var i = 0; i < 3; i++) await LogInAsync("ann", "wrong").ShouldRefuse(Problem.WrongCredentials);
        using (var refused = await LogInAsync("ann", Person.Password))
        {
            Header(refused, "Retry-After").ShouldBe("1200");
            Header(refused, "RateLimit-Policy").ShouldEndWith(", \"attempt\";q=3;w=3600");
            Header(refused, "RateLimit").ShouldEndWith(", \"attempt\";r=0;t=1200");
            await Task.FromResult(refused).ShouldRefuse(Problem.RateLimited);
        }

        using (var other = await LogInAsync("somebody-else", "wrong"))
        {
            Header(other, "RateLimit").ShouldNotContain("attempt");
            await Task.FromResult(other).ShouldRefuse(Problem.WrongCredentials);
        }

        time.Advance(TimeSpan.FromMinutes(20));
        await LogInAsync("ann", "wrong").ShouldRefuse(Problem.WrongCredentials);

        Task<HttpResponseMessage> LogInAsync(string handle, string password) =>
            server.Http.SendAsync("POST /api/auth/login", new { handle, password });
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.0/8, 127.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("", false)]
    public async Task Behind_a_proxy_of_ours_each_address_has_its_own_bucket_and_nobody_else_may_name_one(string proxies, bool isBelieved)
    {
        await using var server = await MaruServer.StartAsync(
            On, "--Maru:RateLimits:AddressBurst=1", "--Maru:RateLimits:AddressPerSecond=1", $"--Maru:Limits:Proxies={proxies}");
        // Who is not believed shares one bucket, whatever address he names.
        for (var i = 1; await StatusAsync(isBelieved ? "192.0.2.1" : $"192.0.2.{i % 250}") != 429; i++)
        {
        }

        if (isBelieved) (await StatusAsync("192.0.2.2")).ShouldBe(401);

        async Task<int> StatusAsync(string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
            request.Headers.Add("X-Forwarded-For", address);
            using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_proxy_that_is_no_address_ends_the_start() =>
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync("--Maru:Limits:Proxies=nginx")))
            .Message.ShouldContain("Maru:Limits:Proxies has nginx");

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).ShouldHaveSingleItem();

    private static async Task ShouldWaitAsync(Task<HttpResponseMessage> answer, int atLeast = 1)
    {
        var seconds = (await answer).Headers.GetValues("Retry-After").Single();
        int.Parse(seconds, CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(atLeast);
        await answer.ShouldRefuse(Problem.RateLimited);
    }
}

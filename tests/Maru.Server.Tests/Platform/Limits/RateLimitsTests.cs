using System.Globalization;
using Maru.Engine.Log;

namespace Maru.Server.Tests.Platform.Limits;

public sealed class RateLimitsTests
{
    [Fact]
    public async Task Each_user_has_a_bucket_of_his_own()
    {
        await using var server = await MaruServer.StartAsync("--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:UserBurst=3", "--Maru:RateLimits:UserPerSecond=1");
        var ann = await server.SignUpAsync();
        var bob = await server.SignUpAsync();
        for (var i = 0; i < 3; i++) await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
        await ShouldWaitAsync(ann.Http.SendAsync("GET /api/me"));
        await bob.Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Fact]
    public async Task An_address_may_sign_in_only_so_often_and_health_stays_open()
    {
        await using var server = await MaruServer.StartAsync(
            "--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:SignInBurst=2", "--Maru:RateLimits:SignInPerMinute=1", "--Maru:RateLimits:AddressBurst=10", "--Maru:RateLimits:AddressPerSecond=1");
        await server.SignUpAsync();
        await server.SignUpAsync();
        await ShouldWaitAsync(server.Http.SendAsync("POST /api/auth/login", new { handle = "ann", password = "x" }));
        while ((int)(await server.Http.SendAsync("GET /api/me")).StatusCode != 429)
        {
        }

        await server.Http.SendAsync("GET /health/live").ShouldBe(200);
    }

    [Fact]
    public async Task An_account_takes_only_so_many_attempts_from_wherever_they_come()
    {
        await using var server = await MaruServer.StartAsync("--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:AttemptsPerAccount=3");
        var ann = await server.SignUpAsync();
        for (var i = 0; i < 3; i++) await server.Http.SendAsync("POST /api/auth/login", new { handle = ann.Handle, password = "wrong" }).ShouldRefuse(Problem.WrongCredentials);
        await ShouldWaitAsync(server.Http.SendAsync("POST /api/auth/login", new { handle = ann.Handle, password = Person.Password }), atLeast: 30);
        await server.Http.SendAsync("POST /api/auth/login", new { handle = "somebody-else", password = "wrong" }).ShouldRefuse(Problem.WrongCredentials);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.0/8, 127.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("", false)]
    public async Task Behind_a_proxy_of_ours_each_address_has_its_own_bucket_and_nobody_else_may_name_one(string proxies, bool isBelieved)
    {
        await using var server = await MaruServer.StartAsync(
            "--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:AddressBurst=1", "--Maru:RateLimits:AddressPerSecond=1", $"--Maru:Limits:Proxies={proxies}");
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
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync("--Maru:Limits:Proxies=nginx"))).Message.ShouldContain("Maru:Limits:Proxies has nginx");

    private static async Task ShouldWaitAsync(Task<HttpResponseMessage> answer, int atLeast = 1)
    {
        int.Parse((await answer).Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(atLeast);
        await answer.ShouldRefuse(Problem.RateLimited);
    }
}

using System.Net.Http.Json;
using Maru.Engine.Problems;

namespace Maru.Server.Tests.Features.Sessions;

/// <summary>Guessing is bounded, and nobody locks another out by it. The addresses are a proxy's word for them.</summary>
public sealed class GuessTests
{
    private const string Home = "192.0.2.1";
    private const string Stranger = "198.51.100.7";

    private static readonly string[] Settings = ["--Maru:RateLimits:Enabled=true", "--Maru:Limits:Proxies=127.0.0.1"];

    [Fact]
    public async Task A_stranger_does_not_lock_the_owner_out()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 20; i++) await LogInAsync(server, Stranger, "wrong").ShouldRefuse(Problem.WrongCredentials);
        await LogInAsync(server, Stranger, "wrong").ShouldRefuse(Problem.RateLimited);
        await LogInAsync(server, Stranger, Person.Password).ShouldRefuse(Problem.RateLimited);
        await LogInAsync(server, Home, Person.Password).ShouldBe(200);
        await LogInAsync(server, "203.0.113.9", Person.Password).ShouldBe(200);
    }

    [Fact]
    public async Task Many_strangers_together_are_stopped_and_the_owner_still_comes_in_where_they_are_known()
    {
        await using var server = await StartAsync("--Maru:RateLimits:AttemptsByStrangers=15");
        await LogInAsync(server, "2001:db8:1::1", Person.Password).ShouldBe(200);
        for (var i = 0; i < 6; i++) await LogInAsync(server, $"198.51.100.{i}", "wrong").ShouldRefuse(Problem.WrongCredentials);
        using (var refused = await LogInAsync(server, "198.51.100.100", Person.Password))
        {
            var wait = refused.Headers.GetValues("Retry-After").Single();
            refused.Headers.GetValues("RateLimit").Single().ShouldEndWith($", \"stranger\";r=0;t={wait}");
            await Task.FromResult(refused).ShouldRefuse(Problem.RateLimited);
        }

        await LogInAsync(server, Home, "wrong").ShouldRefuse(Problem.WrongCredentials);
        await LogInAsync(server, Home, Person.Password).ShouldBe(200);
        await LogInAsync(server, "2001:db8:1::2", Person.Password).ShouldBe(200);
    }

    [Fact]
    public async Task One_stranger_uses_up_no_more_of_what_strangers_have_than_their_own_share()
    {
        await using var server = await StartAsync("--Maru:RateLimits:AttemptsByStrangers=10", "--Maru:RateLimits:AttemptsPerAccount=3");
        for (var i = 0; i < 3; i++) await LogInAsync(server, Stranger, "wrong").ShouldRefuse(Problem.WrongCredentials);
        for (var i = 0; i < 10; i++) await LogInAsync(server, Stranger, "wrong").ShouldRefuse(Problem.RateLimited);
        await LogInAsync(server, "203.0.113.9", Person.Password).ShouldBe(200);
    }

    [Fact]
    public async Task A_session_that_is_refreshed_elsewhere_makes_that_address_known()
    {
        await using var server = await StartAsync("--Maru:RateLimits:AttemptsByStrangers=10");
        var tokens = await LogInAsync(server, Home, Person.Password).Read<Maru.Server.Features.Accounts.SignedIn>();
        await SendAsync(server, "203.0.113.9", "/api/auth/refresh", new { tokens.RefreshToken }).ShouldBe(200);
        for (var i = 0; i < 4; i++) await LogInAsync(server, Stranger, "wrong").ShouldRefuse(Problem.WrongCredentials);
        await LogInAsync(server, "203.0.113.10", Person.Password).ShouldRefuse(Problem.RateLimited);
        await LogInAsync(server, "203.0.113.9", Person.Password).ShouldBe(200);
    }

    [Fact]
    public async Task An_unknown_handle_is_limited_in_the_same_way()
    {
        await using var server = await StartAsync("--Maru:RateLimits:AttemptsPerAccount=2");
        foreach (var handle in (string[])["ann", "nobody", "ann@example.org", "nobody@example.org"])
        {
            for (var i = 0; i < 2; i++) await LogInAsync(server, Stranger, "wrong", handle).ShouldRefuse(Problem.WrongCredentials);
            await LogInAsync(server, Stranger, "wrong", handle).ShouldRefuse(Problem.RateLimited);
        }
    }

    /// <summary>A server where Ann signed up from home.</summary>
    private static async Task<MaruServer> StartAsync(params string[] settings)
    {
        var server = await MaruServer.StartAsync([.. Settings, .. settings]);
        var body = new { handle = "ann", name = "Ann", password = Person.Password, email = "ann@example.org" };
        await SendAsync(server, Home, "/api/auth/signup", body).ShouldBe(201);
        return server;
    }

    private static Task<HttpResponseMessage> LogInAsync(MaruServer server, string address, string password, string handle = "ann") =>
        SendAsync(server, address, "/api/auth/login", new { handle, password });

    private static Task<HttpResponseMessage> SendAsync(MaruServer server, string address, string path, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Forwarded-For", address);
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}

using System.Net;
using System.Net.Http.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Tests.Hostile;

/// <summary>
/// Strangers who guess passwords are stopped, and keep the owner from nothing: neither from another address, nor from theirs. The
/// addresses are a proxy's word for them.
/// </summary>
public sealed class GuessingTests
{
    private const string Home = "192.0.2.1";
    private const string Stranger = "198.51.100.7";

    [Fact]
    public async Task Whoever_is_signed_in_changes_the_password_and_deletes_the_account_under_a_flood_of_guesses()
    {
        await using var server = await StartAsync();
        var ann = server.Person(await SignUpAsync(server));
        await UseUpAsync(server, "ann", "ann@example.org");
        var change = new { oldPassword = Person.Password, newPassword = "another horse" };
        await ann.Http.SendAsync("POST /api/me/password", change).ShouldBe(204);
        await UseUpAsync(server, "ann", "ann@example.org");
        await ann.Http.SendAsync("DELETE /api/me", new { password = "another horse" }).ShouldBe(204);
    }

    [Fact]
    public async Task An_owner_signs_in_where_they_are_known_under_a_flood_of_guesses()
    {
        await using var server = await StartAsync();
        await SignUpAsync(server);
        await UseUpAsync(server, "ann", "ann@example.org");
        await LogInAsync(server, "203.0.113.9").ShouldRefuse(Problem.RateLimited);
        await LogInAsync(server, Home).ShouldBe(200);
    }

    [Fact]
    public async Task A_device_that_signed_in_before_does_so_again_from_the_address_that_floods()
    {
        await using var server = await StartAsync();
        var tokens = await SignUpAsync(server);
        tokens.DeviceToken.ShouldNotBeNull();
        await server.Person(tokens).Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        for (var i = 0; i < 100; i++) (await LogInAsync(server, Home, "wrong")).Dispose();
        await LogInAsync(server, Home).ShouldRefuse(Problem.RateLimited);

        var again = await LogInAsync(server, Home, device: tokens.DeviceToken).Read<SignedIn>();
        again.DeviceToken.ShouldBe(tokens.DeviceToken);
        await LogInAsync(server, Stranger, device: tokens.DeviceToken).ShouldBe(200);
    }

    [Fact]
    public async Task A_device_token_is_one_accounts_and_dies_with_the_password()
    {
        await using var server = await StartAsync("--Maru:RateLimits:AttemptsPerAccount=1");
        var ann = await SignUpAsync(server);
        var eve = await SignUpAsync(server, "eve", "203.0.113.66");
        var forged = string.Concat(ann.DeviceToken![0] == 'A' ? "B" : "A", ann.DeviceToken.AsSpan(1));
        string?[] tokens = [eve.DeviceToken, forged, "", "x", ann.DeviceToken + "A", ann.RefreshToken];
        foreach (var (i, useless) in tokens.Index())
        {
            var address = $"198.51.100.{i}";
            await LogInAsync(server, address, "wrong", device: useless).ShouldRefuse(Problem.WrongCredentials);
            await LogInAsync(server, address, device: useless).ShouldRefuse(Problem.RateLimited);
        }

        var change = new { oldPassword = Person.Password, newPassword = "another horse" };
        await server.Person(ann).Http.SendAsync("POST /api/me/password", change).ShouldBe(204);
        await LogInAsync(server, Stranger, "wrong", device: ann.DeviceToken).ShouldRefuse(Problem.WrongCredentials);
        await LogInAsync(server, Stranger, "another horse", device: ann.DeviceToken).ShouldRefuse(Problem.RateLimited);
    }

    [Fact]
    public async Task An_account_takes_no_more_than_a_hundred_wrong_passwords_of_strangers_an_hour_however_many_they_are()
    {
        var time = new ManualTime();
        await using var server = await StartAsync(time);
        await SignUpAsync(server);
        var wrong = await UseUpAsync(server, "ann", "ann@example.org");
        for (var minute = 10; minute < 60; minute += 10)
        {
            time.Advance(TimeSpan.FromMinutes(10));
            wrong += await UseUpAsync(server, "ann", "ann@example.org");
        }

        wrong.ShouldBeInRange(80, 100);
    }

    [Fact]
    public async Task Guesses_at_the_same_moment_are_no_way_around()
    {
        await using var server = await StartAsync();
        await SignUpAsync(server);
        var guesses = await Task.WhenAll(Enumerable.Range(0, 55).Select(_ => StatusAsync(server, Stranger, "ann")));
        guesses.Count(status => status == 401).ShouldBe(20);
        guesses.Count(status => status == 429).ShouldBe(35);
    }

    [Fact]
    public async Task Right_passwords_do_not_count()
    {
        await using var server = await StartAsync("--Maru:RateLimits:AttemptsPerAccount=3", "--Maru:RateLimits:AttemptsByStrangers=10");
        await SignUpAsync(server);
        for (var i = 1; i <= 12; i++) await LogInAsync(server, $"203.0.113.{i}").ShouldBe(200);
        for (var i = 0; i < 12; i++) await LogInAsync(server, Home).ShouldBe(200);
    }

    [Fact]
    public async Task A_network_of_IPv6_is_one_guesser()
    {
        await using var server = await StartAsync();
        await SignUpAsync(server);
        for (var i = 0; i < 20; i++) (await StatusAsync(server, $"2001:db8:5:5::{i + 1:x}", "ann")).ShouldBe(401);
        (await StatusAsync(server, "2001:db8:5:5:ffff::1", "ann")).ShouldBe(429);
        (await StatusAsync(server, "2001:db8:5:6::1", "ann")).ShouldBe(401);
    }

    /// <summary>What strangers are told must not tell that a handle and an e-mail address are of one account.</summary>
    [Fact]
    public async Task The_limits_do_not_tell_which_address_belongs_to_a_handle()
    {
        await using var server = await StartAsync();
        await SignUpAsync(server);
        await UseUpAsync(server, "ann");
        (await StatusAsync(server, Stranger, "ann@example.org")).ShouldBe(401);
        (await StatusAsync(server, Stranger, "nobody@example.org")).ShouldBe(401);
    }

    [Fact]
    public async Task One_address_makes_only_so_many_accounts_a_day()
    {
        var time = new ManualTime();
        await using var server = await StartAsync(time, "--Maru:RateLimits:SignUpsPerDay=3");
        for (var i = 0; i < 3; i++) await SignUpAsync(server, $"ann{i}", Stranger);
        time.Sleep(TimeSpan.FromHours(7));
        using (var refused = await SignUpAnswerAsync(server, "ann4", Stranger))
        {
            refused.Headers.GetValues("RateLimit").Single().ShouldContain("\"sign-up\";r=0;t=3600");
            await Task.FromResult(refused).ShouldRefuse(Problem.RateLimited);
        }

        await SignUpAsync(server, "ann4", Home);
        time.Sleep(TimeSpan.FromHours(1));
        await SignUpAsync(server, "ann5", Stranger);
    }

    private static Task<MaruServer> StartAsync(params string[] settings) => StartAsync(null, settings);

    private static Task<MaruServer> StartAsync(ManualTime? time, params string[] settings) => MaruServer.StartAsync(
        time, null, ["--Maru:RateLimits:Enabled=true", "--Maru:Limits:Proxies=127.0.0.1", .. settings]);

    /// <summary>Guesses from ever new addresses until none of these names takes one more; returns how many were taken.</summary>
    private static async Task<int> UseUpAsync(MaruServer server, params string[] names)
    {
        var taken = 0;
        foreach (var name in names)
        {
            for (var i = 0; await StatusAsync(server, $"198.51.{100 + (i / 15)}.7", name) == 401; i++) taken++;
        }

        return taken;
    }

    private static async Task<int> StatusAsync(MaruServer server, string address, string handle)
    {
        using var answer = await LogInAsync(server, address, "wrong", handle);
        if (answer.StatusCode == HttpStatusCode.TooManyRequests) answer.Headers.RetryAfter.ShouldNotBeNull();
        return (int)answer.StatusCode;
    }

    private static Task<SignedIn> SignUpAsync(MaruServer server, string handle = "ann", string address = Home) =>
        SignUpAnswerAsync(server, handle, address).Read<SignedIn>(201);

    private static Task<HttpResponseMessage> SignUpAnswerAsync(MaruServer server, string handle, string address) => SendAsync(
        server, address, "signup", new { handle, name = "Ann", password = Person.Password, email = $"{handle}@example.org" });

    private static Task<HttpResponseMessage> LogInAsync(
        MaruServer server, string address, string password = Person.Password, string handle = "ann", string? device = null) =>
        SendAsync(server, address, "login", new { handle, password, deviceToken = device });

    private static Task<HttpResponseMessage> SendAsync(MaruServer server, string address, string path, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/auth/{path}") { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Forwarded-For", address);
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}

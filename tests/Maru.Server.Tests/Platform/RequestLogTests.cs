using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Platform;

public sealed class RequestLogTests
{
    [Fact]
    public async Task One_line_a_request_names_the_route_and_the_user_and_no_secret()
    {
        var log = new LogBook();
        await using var server = await MaruServer.StartAsync(
            null, services => services.AddSingleton<ILoggerProvider>(log), "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Maru.Requests=Debug", "--Logging:LogLevel:Microsoft.AspNetCore=Warning");
        var body = new { handle = "ann", name = "Ann", password = "a very secret word", email = "ann-private@example.org" };
        var ann = server.Person(await server.Http.SendAsync("POST /api/auth/signup", body).Read<Maru.Server.Features.Accounts.SignedIn>(201));
        await ann.Http.SendAsync("DELETE /api/me/sessions/4711").ShouldBe(404);
        await ann.Http.SendAsync($"GET /api/events?access_token={ann.AccessToken}");
        await ann.Http.SendAsync("GET /api/users?q=ann-private@example.org").ShouldBe(200);
        await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).ShouldBe(200);

        var lines = log.Lines.Where(line => line.StartsWith("Debug Maru.Requests", StringComparison.Ordinal)).ToArray();
        lines.Length.ShouldBe(5);
        lines[1].ShouldContain("DELETE /api/me/sessions/{id:long} 404 in ");
        lines[1].ShouldContain($"user {ann.Id}, trace ");
        var all = string.Join('\n', log.Lines);
        foreach (var secret in (string[])[body.password, body.email, ann.AccessToken, ann.RefreshToken, "4711"]) all.ShouldNotContain(secret);
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_line()
    {
        var log = new LogBook();
        await using var server = await MaruServer.StartAsync(null, services => services.AddSingleton<ILoggerProvider>(log), "--Logging:LogLevel:Maru.Requests=Information");
        await server.SignUpAsync();
        log.Lines.ShouldBeEmpty();
    }
}

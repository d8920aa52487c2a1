using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
            null,
            services => services.AddSingleton<ILoggerProvider>(log),
            "--Logging:LogLevel:Default=Trace",
            "--Logging:LogLevel:Maru.Requests=Debug",
            "--Logging:LogLevel:Microsoft.AspNetCore=Warning");
        var body = new { handle = "ann", name = "Ann", password = "a very secret word", email = "ann-private@example.org" };
        var ann = server.Person(
            await server.Http.SendAsync("POST /api/auth/signup", body).Read<Maru.Server.Features.Accounts.SignedIn>(201));
        await ann.Http.SendAsync("DELETE /api/me/sessions/4711471147114711").ShouldBe(404);
        foreach (var path in (string[])["/api/events", $"/api/rooms/{(await ann.MakeRoomAsync()).Id}/events"])
            (await EventStream.OpenAsync(server, $"{path}?access_token={ann.AccessToken}")).Dispose();
        await ann.Http.SendAsync("GET /api/users?q=ann-private@example.org").ShouldBe(200);
        await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).ShouldBe(200);

        string[] lines = [];
        await Deadline.Until(() => (lines = [.. log.Lines.Where(IsOfRequest)]).Length >= 7, "the streams to have ended too");
        lines.Length.ShouldBe(7);
        lines.ShouldContain(line => line.Contains("GET /api/events 200 in ", StringComparison.Ordinal));
        lines[1].ShouldContain("DELETE /api/me/sessions/{id:number} 404 in ");
        lines[1].ShouldContain($"user {ann.Id}, trace ");
        var all = string.Join('\n', log.Lines);
        foreach (var secret in (string[])[body.password, body.email, ann.AccessToken, ann.RefreshToken, "4711471147114711"])
            all.ShouldNotContain(secret);

        static bool IsOfRequest(string line) => line.StartsWith("Debug Maru.Requests", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/fast", "Debug", 200)]
    [InlineData("/missing", "Debug", 404)]
    [InlineData("/slow", "Information", 200)]
    [InlineData("/bad", "Warning", 500)]
    [InlineData("/slow-and-full", "Warning", 507)]
    public async Task The_level_says_how_it_ended(string path, string level, int status)
    {
        var (log, time) = (new LogBook(), new ManualTime());
        var builder = WebApplication.CreateSlimBuilder(
            ["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Maru.Requests=Debug"]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<ILoggerProvider>(log).AddProblems();
        await using var app = builder.Build();
        app.UseRequestLog();
        app.UseProblems();
        app.MapGet("/fast", () => time.Advance(TimeSpan.FromMilliseconds(999)));
        app.MapGet("/slow", () => time.Advance(TimeSpan.FromMilliseconds(1001)));
        app.MapGet("/bad", IResult () => throw new InvalidOperationException("a bug"));
        app.MapGet("/slow-and-full", () =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return Problem.StorageFull.Result();
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await http.SendAsync($"GET {path}").ShouldBe(status);
        await Deadline.Until(() => log.Lines.Count > 0, "the line");
        log.Lines.ShouldHaveSingleItem().ShouldStartWith($"{level} Maru.Requests: GET {(status == 404 ? "(none)" : path)} {status} in ");
    }

    [Fact]
    public async Task A_socket_or_a_stream_that_stays_is_not_slow()
    {
        var (log, time) = (new LogBook(), new ManualTime());
        await using var server = await MaruServer.StartAsync(
            time, services => services.AddSingleton<ILoggerProvider>(log), "--Logging:LogLevel:Maru.Requests=Debug");
        var ann = await server.SignUpAsync();
        await using (await StompSocket.ConnectAsync(server.Address, ann.AccessToken, "/ws?x=1"))
            time.Advance(TimeSpan.FromSeconds(20));
        using (await EventStream.OpenAsync(server, "/api/events", ann.AccessToken)) time.Advance(TimeSpan.FromSeconds(20));

        foreach (var request in (string[])["GET /ws 101 in ", "GET /api/events 200 in "])
        {
            await Deadline.Until(() => log.Lines.Any(line => line.Contains(request)), "the line");
            log.Lines.Single(line => line.Contains(request)).ShouldStartWith("Debug ");
        }
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_line()
    {
        var log = new LogBook();
        await using var server = await MaruServer.StartAsync(
            null, services => services.AddSingleton<ILoggerProvider>(log), "--Logging:LogLevel:Maru.Requests=Information");
        await server.SignUpAsync();
        log.Lines.ShouldBeEmpty();
    }
}

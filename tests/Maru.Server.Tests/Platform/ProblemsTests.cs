using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Platform;

public sealed class ProblemsTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"handle": 7}""")]
    [InlineData("""{"handle": "a", "handle": "b"}""")]
    [InlineData("""{"handle": "\ud800"}""")]
    public async Task Bad_JSON_is_malformed(string body) =>
        Detail(await PostAsync(body, "application/json").ShouldRefuse(Problem.Malformed))
            .ShouldBe("The body must be a JSON object of the documented shape.");

    [Theory]
    [InlineData("signup", "{}", "handle name password")]
    [InlineData("signup", """{"Handle": "ann", "Name": "Ann", "Password": "correct horse"}""", "handle name password")]
    [InlineData("login", "{}", "handle password")]
    [InlineData("login", """{"handle": "ann"}""", "password")]
    [InlineData("login", """{"password": null, "handle": "ann"}""", "password")]
    [InlineData("login", """{"Handle": "ann", "password": "x"}""", "handle")]
    [InlineData("refresh", "{}", "refreshToken")]
    [InlineData("refresh", """{"refreshToken": null}""", "refreshToken")]
    public async Task A_field_that_must_be_there_is_named(string action, string body, string fields) =>
        (await PostAsync(body, "application/json", action).ShouldRefuseFields()).ShouldBe(fields.Split(' '));

    /// <summary>The web server refuses these before there is a request for us to answer; the document says so.</summary>
    [Theory]
    [InlineData("/api/rooms/%00", 0, 400)]
    [InlineData("/api/rooms", 40_000, 431)]
    public async Task What_has_no_address_is_refused_without_a_body(string path, int headerBytes, int status)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Long", new string('x', headerBytes));
        (await server.Http.SendAsync(request, TestContext.Current.CancellationToken).ShouldBe(status)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_address_is_not_found() =>
        await server.Http.SendAsync("GET /api/nothing/here").ShouldRefuse(Problem.NotFound);

    [Fact]
    public async Task A_body_beyond_the_limit_is_too_large() =>
        Detail(await PostAsync($$"""{"handle":"{{new string('x', 300_000)}}"}""", "application/json").ShouldRefuse(Problem.TooLarge))
            .ShouldContain("262144");

    [Theory]
    [InlineData("Bearer x.y.z")]
    [InlineData("Bearer ")]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.")]
    public async Task A_token_that_is_none_is_unauthenticated(string authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        await server.Http.SendAsync(request, TestContext.Current.CancellationToken).ShouldRefuse(Problem.Unauthenticated);
    }

    [Theory]
    [InlineData("POST /api/auth/login", "wrong-credentials")]
    [InlineData("POST /api/auth/refresh", "session-ended")]
    public async Task Whoever_is_not_known_is_told_how_to_sign_in(string line, string type)
    {
        using var answer = await server.Http.SendAsync(line, new { handle = "nobody", password = "wrong", refreshToken = "x" });
        ((int)answer.StatusCode).ShouldBe(401);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await Task.FromResult(answer).ShouldBe(401)).ShouldContain($"\"{type}\"");
    }

    [Fact]
    public async Task A_refusal_is_whole_whatever_the_client_accepts()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        request.Headers.Add("Accept", "text/html");
        var details = await server.Http.SendAsync(request, TestContext.Current.CancellationToken).ShouldRefuse(Problem.Unauthenticated);
        details.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_token_in_the_address_counts_only_for_the_event_stream()
    {
        var ann = await server.SignUpAsync();
        await server.Http.SendAsync($"GET /api/me?access_token={ann.AccessToken}").ShouldRefuse(Problem.Unauthenticated);
    }

    [Fact]
    public async Task A_failure_is_logged_once_with_its_cause_and_told_without()
    {
        var log = new LogBook();
        await using var own = await MaruServer.StartAsync(
            null, services => services.AddSingleton<ILoggerProvider>(log), "--Logging:LogLevel:Default=Warning");
        var ann = await own.SignUpAsync();
        await own.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync("ALTER TABLE users RENAME TO gone", null, ct),
            TestContext.Current.CancellationToken);
        var details = await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Internal);
        details.ToString().ShouldNotContain("users");
        // What a server looks for once it has started, it may look for in the table that is gone.
        log.Lines.Where(
            line => line.StartsWith("Error", StringComparison.Ordinal) && !line.Contains("Deleted users stay", StringComparison.Ordinal))
            .ShouldHaveSingleItem().ShouldContain("GET /api/me");
    }

    private static string Detail(System.Text.Json.JsonElement problem) => problem.GetProperty("detail").GetString() ?? "";

    private Task<HttpResponseMessage> PostAsync(string body, string contentType, string action = "login") => server.Http.PostAsync(
        $"/api/auth/{action}", new StringContent(body, Encoding.UTF8, contentType), TestContext.Current.CancellationToken);
}

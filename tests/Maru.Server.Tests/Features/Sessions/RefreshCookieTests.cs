using System.Net.Http.Json;
using System.Text.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Tests.Features.Guests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Features.Sessions;

/// <summary>The refresh token as a cookie: only the server's own pages get and use it.</summary>
public sealed class RefreshCookieTests
{
    private const string Cleared = "maru-refresh=; max-age=0; path=/api/auth; samesite=strict; httponly";

    [Fact]
    public async Task Every_way_to_sign_in_sets_the_cookie_instead_of_the_field()
    {
        await using var page = await Page.StartAsync(Visiting.Enabled);
        var body = new { handle = "ann", name = "Ann", password = Person.Password, cookie = true };
        foreach (var action in (string[])["signup", "login", "guest"])
        {
            using var answer = await page.SendAsync(action, body);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            text.ShouldNotContain("refreshToken");
            var signedIn = JsonSerializer.Deserialize<SignedIn>(text, JsonSerializerOptions.Web)!;
            await page.Server.Person(signedIn).Http.SendAsync("GET /api/me").ShouldBe(200);
            CookieOf(answer).ShouldBe(Cookie(TokenOf(answer), "path=/api/auth; samesite=strict; httponly"), action);
            TokenOf(answer).Length.ShouldBe(43);
        }
    }

    [Fact]
    public async Task Without_being_asked_no_way_to_sign_in_sets_it()
    {
        await using var page = await Page.StartAsync(Visiting.Enabled);
        var body = new { handle = "ann", name = "Ann", password = Person.Password, cookie = false };
        foreach (var action in (string[])["signup", "login", "guest"])
        {
            using var answer = await page.SendAsync(action, body);
            CookieOf(answer).ShouldBeNull();
            var signedIn = (await answer.Content.ReadFromJsonAsync<SignedIn>(TestContext.Current.CancellationToken))!;
            using var next = await page.SendAsync("refresh", new { signedIn.RefreshToken }, "maru-refresh=another");
            CookieOf(next).ShouldBeNull();
            (await Task.FromResult(next).Read<SignedIn>()).RefreshToken.ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_that_has_only_the_cookie_gets_new_tokens_and_the_next_cookie(bool hasBody)
    {
        await using var page = await Page.StartAsync();
        var first = await page.SignUpAsync();
        using var answer = await page.SendAsync("refresh", hasBody ? new { } : null, first);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain("refreshToken");
        var next = await Task.FromResult(answer).Read<SignedIn>();
        await page.Server.Person(next).Http.SendAsync("GET /api/me").ShouldBe(200);
        CookieOf(answer).ShouldBe(Cookie(TokenOf(answer), "path=/api/auth; samesite=strict; httponly"));
        TokenOf(answer).ShouldNotBe(first["maru-refresh=".Length..]);
    }

    [Fact]
    public async Task Tabs_that_refresh_at_once_keep_the_session()
    {
        await using var page = await Page.StartAsync();
        var first = await page.SignUpAsync();
        var tabs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => page.SendAsync("refresh", new { }, first)));
        foreach (var tab in tabs) await Task.FromResult(tab).Read<SignedIn>();
        var next = tabs.Select(TokenOf).Distinct().Single();
        await page.SendAsync("refresh", new { }, $"maru-refresh={next}").ShouldBe(200);
    }

    [Fact]
    public async Task The_cookie_lives_as_long_as_the_session()
    {
        var time = new ManualTime();
        await using var page = await Page.StartAsync(time, null, "--Maru:Sessions:MaxAge=31.00:00:00");
        var first = await page.SignUpAsync();
        time.Sleep(TimeSpan.FromDays(29));
        using var answer = await page.SendAsync("refresh", new { }, first);
        CookieOf(answer)!.ShouldContain("; max-age=172800; ");
    }

    [Fact]
    public async Task The_end_of_the_session_clears_the_cookie()
    {
        await using var page = await Page.StartAsync();
        var first = await page.SignUpAsync();
        using var second = await page.SendAsync("refresh", new { }, first);
        await page.SendAsync("refresh", new { }, $"maru-refresh={TokenOf(second)}").ShouldBe(200);
        foreach (var cookie in (string?[])[first, "maru-refresh=AAAA", "maru-refresh=", null])
        {
            using var refused = await page.SendAsync("refresh", new { }, cookie);
            CookieOf(refused).ShouldBe(Cleared, cookie);
            await Task.FromResult(refused).ShouldRefuse(Problem.SessionEnded);
        }
    }

    [Theory]
    [InlineData("POST /api/auth/logout")]
    [InlineData("DELETE /api/me")]
    public async Task Signing_out_and_leaving_for_good_clear_the_cookie(string line)
    {
        await using var page = await Page.StartAsync();
        var ann = await page.Server.SignUpAsync();
        using var answer = await ann.Http.SendAsync(line, new { password = Person.Password });
        ((int)answer.StatusCode).ShouldBe(204);
        CookieOf(answer).ShouldBe(Cleared);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_leaves_the_cookie()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var page = new Page(server);
        var first = await page.SignUpAsync();
        store.LoseAnswer();
        using var refused = await page.SendAsync("refresh", new { }, first);
        CookieOf(refused).ShouldBeNull();
        await Task.FromResult(refused).ShouldRefuse(Problem.Unavailable);
        await page.SendAsync("refresh", new { }, first).ShouldBe(200);
    }

    /// <summary>Also those that requests are allowed for: they have tokens of their own.</summary>
    [Theory]
    [InlineData("https://chat.example.org", null)]
    [InlineData("https://chat.example.org", "same-origin")]
    [InlineData("https://evil.example", "cross-site")]
    [InlineData("http://127.0.0.1", "same-site")]
    [InlineData("null", null)]
    [InlineData("", "same-origin")]
    [InlineData(null, null)]
    [InlineData(null, "same-site")]
    [InlineData(null, "none")]
    [InlineData(null, "same-origin, same-origin")]
    public async Task Other_pages_and_programs_have_no_use_of_it(string? origin, string? site)
    {
        await using var page = await Page.StartAsync(Visiting.Enabled, "--Maru:Http:AllowedOrigins=https://chat.example.org");
        var cookie = await page.SignUpAsync("ann");
        var body = new { handle = "eve", name = "Eve", password = Person.Password, cookie = true };
        foreach (var action in (string[])["signup", "guest", "login", "refresh"])
        {
            using var refused = await page.SendAsync(action, body, cookie, origin, site);
            CookieOf(refused).ShouldBeNull(action);
            await Task.FromResult(refused).ShouldRefuse(Problem.CrossOrigin);
        }

        await page.Server.Http.SendAsync("POST /api/auth/login", new { body.handle, body.password })
            .ShouldRefuse(Problem.WrongCredentials);     // nobody was made
        await page.SendAsync("refresh", new { }, cookie).ShouldBe(200);
    }

    [Theory]
    [InlineData("http", null)]
    [InlineData("https", null)]
    [InlineData("https", "same-origin")]
    [InlineData(null, "same-origin")]
    public async Task Own_pages_use_it(string? scheme, string? site)
    {
        await using var page = await Page.StartAsync();
        var cookie = await page.SignUpAsync();
        var origin = scheme is null ? null : $"{scheme}://{page.Server.Address.Authority}";
        await page.SendAsync("refresh", new { }, cookie, origin, site).ShouldBe(200);
    }

    [Theory]
    [InlineData("https", null, "/api/auth", true)]
    [InlineData("http", null, "/api/auth", false)]
    [InlineData("https", "/chat", "/chat/api/auth", true)]
    public async Task Behind_a_proxy_it_has_the_path_and_the_safety_that_browsers_see(
        string scheme, string? prefix, string path, bool secure)
    {
        await using var page = await Page.StartAsync("--Maru:Limits:Proxies=127.0.0.1");
        page.Forward(scheme, prefix);
        using var answer = await page.SendAsync("signup", new { handle = "ann", name = "Ann", password = Person.Password, cookie = true });
        CookieOf(answer).ShouldBe(Cookie(TokenOf(answer), $"path={path}; {(secure ? "secure; " : "")}samesite=strict; httponly"));
    }

    [Fact]
    public async Task Below_a_path_it_has_that_path()
    {
        await using var page = await Page.StartAsync("--Maru:Http:BasePath=/chat");
        using var answer = await page.SendAsync("signup", new { handle = "ann", name = "Ann", password = Person.Password, cookie = true });
        CookieOf(answer)!.ShouldContain("; path=/chat/api/auth; ");
    }

    [Fact]
    public async Task No_log_has_it()
    {
        var log = new LogBook();
        await using var page = await Page.StartAsync(
            null,
            services => services.AddSingleton<ILoggerProvider>(log),
            "--Logging:LogLevel:Default=Trace",
            "--Logging:LogLevel:Maru.Requests=Debug",
            "--Logging:LogLevel:Maru.Security=Information",
            "--Logging:LogLevel:Microsoft.AspNetCore=Warning");
        var first = await page.SignUpAsync();
        using var second = await page.SendAsync("refresh", new { }, first);
        await page.SendAsync("refresh", new { }, first, "https://evil.example").ShouldRefuse(Problem.CrossOrigin);
        await Deadline.Until(() => log.Lines.Any(line => line.Contains("refresh 403", StringComparison.Ordinal)), "the last line");
        var all = string.Join('\n', log.Lines);
        foreach (var token in (string[])[first["maru-refresh=".Length..], TokenOf(second)]) all.ShouldNotContain(token);
    }

    /// <summary>Returns the whole field; null where there is none.</summary>
    private static string? CookieOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var fields) ? fields.Where(IsRefresh).ShouldHaveSingleItem() : null;

    /// <summary>The other one is for the contents of files.</summary>
    private static bool IsRefresh(string cookie) => cookie.StartsWith("maru-refresh=", StringComparison.Ordinal);

    private static string Cookie(string token, string attributes) => $"maru-refresh={token}; max-age=2592000; {attributes}";

    private static string TokenOf(HttpResponseMessage answer) => CookieOf(answer)!.Split(';')[0]["maru-refresh=".Length..];

    /// <summary>A page of the server in a browser whose cookies the test names.</summary>
    private sealed class Page : IAsyncDisposable
    {
        private readonly SocketsHttpHandler _handler = new() { UseCookies = false };
        private readonly HttpClient _http;

        public Page(MaruServer server)
        {
            Server = server;
            _http = ApiCheck.Client(server.Address, _handler);
        }

        public MaruServer Server { get; }

        public static Task<Page> StartAsync(params string[] settings) => StartAsync(new ManualTime(), null, settings);

        public static async Task<Page> StartAsync(ManualTime? time, Action<IServiceCollection>? adjust, params string[] settings) =>
            new(await MaruServer.StartAsync(time, adjust, settings));

        public void Forward(string scheme, string? prefix)
        {
            _http.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.1");
            _http.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
            if (prefix is not null) _http.DefaultRequestHeaders.Add("X-Forwarded-Prefix", prefix);
        }

        /// <summary>Signs up, and returns the cookie as a browser sends it.</summary>
        public async Task<string> SignUpAsync(string handle = "ann")
        {
            using var answer = await SendAsync("signup", new { handle, name = handle, password = Person.Password, cookie = true });
            return $"maru-refresh={TokenOf(answer)}";
        }

        /// <summary>Sends as a page of this server does.</summary>
        public Task<HttpResponseMessage> SendAsync(string action, object? body, string? cookie = null) =>
            SendAsync(action, body, cookie, $"http://{Server.Address.Authority}");

        public Task<HttpResponseMessage> SendAsync(string action, object? body, string? cookie, string? origin, string? site = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"/api/auth/{action}");
            if (body is not null) request.Content = JsonContent.Create(body);
            if (cookie is not null) request.Headers.Add("Cookie", cookie);
            if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
            if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
            return _http.SendAsync(request, TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            _handler.Dispose();
            await Server.DisposeAsync();
        }
    }
}

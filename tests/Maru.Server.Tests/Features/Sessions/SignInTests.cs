using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Tests.Features.Sessions;

public sealed class SignInTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Whoever_signs_up_is_signed_in()
    {
        var body = new { handle = "grace.h_-1", name = "  Grace \t  Hopper ", password = Person.Password, email = "Grace@Example.org" };
        var tokens = await server.Http.SendAsync("POST /api/auth/signup", body).Read<SignedIn>(201);
        tokens.User.ShouldBe(new User(tokens.User.Id, "grace.h_-1", "Grace Hopper", null));
        tokens.ExpiresIn.ShouldBe(900);
        var me = await server.Person(tokens).Http.SendAsync("GET /api/me").Read<Profile>();
        me.ShouldBe(new Profile(tokens.User.Id, "grace.h_-1", "Grace Hopper", null, null));

        (await server.SignInAsync("grace.h_-1")).Id.ShouldBe(me.Id);
        (await server.SignInAsync(" Grace.H_-1 ")).Id.ShouldBe(me.Id);
        (await server.SignInAsync("grace@EXAMPLE.org")).Id.ShouldBe(me.Id);
    }

    [Fact]
    public async Task Every_bad_field_is_named_once()
    {
        var refused = await server.Http.SendAsync(
            "POST /api/auth/signup", new { handle = "Ann!", name = " ", password = "short", email = "nobody" })
            .ShouldRefuseFields();
        refused.ShouldBe(["handle", "name", "password", "email"], ignoreOrder: true);
        (await server.Http.SendAsync("POST /api/auth/signup", new { }).ShouldRefuseFields())
            .ShouldBe(["handle", "name", "password"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("handle", "ab")]
    [InlineData("handle", "Ann")]
    [InlineData("handle", "a b c")]
    [InlineData("handle", "ann\n")]
    [InlineData("handle", "deleted:1")]
    [InlineData("handle", "앤앤앤")]
    [InlineData("handle", "a23456789012345678901234567890123")]
    [InlineData("name", "\u0000")]
    [InlineData("name", "Ann\u001b[31m")]
    [InlineData("name", "\u202eAnn")]
    [InlineData("name", "\u2003")]
    [InlineData("handle", "...")]
    [InlineData("handle", "_-_")]
    [InlineData("handle", "admin")]
    [InlineData("handle", "ad.min_")]
    [InlineData("handle", "root")]
    [InlineData("handle", "system")]
    [InlineData("password", "1234567")]
    [InlineData("password", "password")]
    [InlineData("password", "PassWord123")]
    [InlineData("password", "12345678")]
    [InlineData("password", "iloveyou")]
    [InlineData("password", "qwertyuiop")]
    [InlineData("email", "a@b@c")]
    [InlineData("email", "@b")]
    [InlineData("email", "a b@c")]
    public async Task A_bad_field_is_refused(string field, string value)
    {
        var body = new Dictionary<string, string>
        {
            ["handle"] = $"x{Guid.NewGuid():n}"[..20],
            ["name"] = "Ann",
            ["password"] = Person.Password,
            [field] = value,
        };
        (await server.Http.SendAsync("POST /api/auth/signup", body).ShouldRefuseFields()).ShouldBe([field]);
    }

    [Fact]
    public async Task A_name_or_a_password_has_a_longest_length()
    {
        var body = new { handle = "long-one", name = new string('x', 81), password = new string('x', 257) };
        (await server.Http.SendAsync("POST /api/auth/signup", body).ShouldRefuseFields()).ShouldBe(["name", "password"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_taken_handle_is_a_conflict_also_in_a_race()
    {
        var race = Enumerable.Range(0, 10).Select(i => server.Http.SendAsync(
            "POST /api/auth/signup", new { handle = "racer", name = "Ann", password = Person.Password }));
        var statuses = (await Task.WhenAll(race)).Select(answer => (int)answer.StatusCode).Order().ToArray();
        statuses.ShouldBe([201, .. Enumerable.Repeat(409, 9)]);
    }

    [Fact]
    public async Task A_sign_up_does_not_tell_whether_an_address_has_an_account()
    {
        var first = new { handle = "mail-one", name = "Ann", password = Person.Password, email = "same@example.org" };
        await server.Http.SendAsync("POST /api/auth/signup", first).ShouldBe(201);
        await server.Http.SendAsync("POST /api/auth/signup", first with { handle = "mail-two", email = "SAME@example.org" })
            .ShouldBe(201);
        (await server.SignInAsync("same@example.org")).Handle.ShouldBe("mail-one");
        await server.Http.SendAsync("POST /api/auth/signup", first).ShouldRefuse(Problem.HandleTaken);
    }

    [Fact]
    public async Task Unknown_handle_and_wrong_password_get_the_same_answer()
    {
        var ann = await server.SignUpAsync();
        var wrong = await server.Http.SendAsync("POST /api/auth/login", new { handle = ann.Handle, password = "something else" })
            .ShouldRefuse(Problem.WrongCredentials);
        var unknown = await server.Http.SendAsync("POST /api/auth/login", new { handle = "nobody-here", password = "something else" })
            .ShouldRefuse(Problem.WrongCredentials);
        Names(wrong).ShouldBe(Names(unknown));

        static IEnumerable<string> Names(System.Text.Json.JsonElement details) => details.EnumerateObject().Select(field => field.Name);
    }

    [Fact]
    public async Task A_refresh_token_is_good_once_and_a_second_use_ends_the_session()
    {
        var ann = await server.SignUpAsync();
        var second = await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).Read<SignedIn>();
        second.RefreshToken.ShouldNotBe(ann.RefreshToken);
        var third = await server.Http.SendAsync("POST /api/auth/refresh", new { second.RefreshToken }).Read<SignedIn>();
        await server.Person(third).Http.SendAsync("GET /api/me").ShouldBe(200);

        await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        await server.Person(third).Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await server.Http.SendAsync("POST /api/auth/refresh", new { third.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("' OR 1=1 --")]
    public async Task A_guessed_refresh_token_ends_nothing(string refreshToken) =>
        await server.Http.SendAsync("POST /api/auth/refresh", new { refreshToken }).ShouldRefuse(Problem.SessionEnded);

    [Fact]
    public async Task Sign_out_kills_the_tokens_at_once_and_for_good()
    {
        await using var own = await MaruServer.StartAsync();
        var ann = await own.SignUpAsync();
        var other = await own.SignInAsync(ann.Handle);
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await own.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        await other.Http.SendAsync("GET /api/me").ShouldBe(200);

        await own.RestartAsync();
        await own.Person(new SignedIn(ann.User, ann.AccessToken, "", 0)).Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await own.Person(new SignedIn(ann.User, other.AccessToken, "", 0)).Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Fact]
    public async Task Tokens_grow_old()
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null, "--Maru:Jwt:RefreshTokenLifetime=1.00:00:00");
        var ann = await own.SignUpAsync();
        time.Sleep(TimeSpan.FromMinutes(16));
        await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Unauthenticated);
        var next = await own.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).Read<SignedIn>();
        time.Sleep(TimeSpan.FromHours(25));
        await own.Http.SendAsync("POST /api/auth/refresh", new { next.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
    }

    [Fact]
    public async Task A_closed_server_takes_no_accounts()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Signup:Open=false");
        await own.Http.SendAsync("POST /api/auth/signup", new { handle = "ann", name = "Ann", password = Person.Password })
            .ShouldRefuse(Problem.SignupClosed);
    }

    [Fact]
    public async Task A_weak_hash_is_renewed_by_the_next_sign_in()
    {
        await using var own = await MaruServer.StartAsync();
        var ann = await own.SignUpAsync();
        var weak = await HashAsync();
        await own.SignInAsync(ann.Handle);
        (await HashAsync()).ShouldBe(weak);

        await own.RestartAsync("--Maru:Passwords:Iterations=2000");
        await own.SignInAsync(ann.Handle);
        (await HashAsync()).ShouldNotBe(weak);
        await own.SignInAsync(ann.Handle);

        async Task<string?> HashAsync() =>
            (await own.Service<AccountStore>().FindAsync(new UserId(ann.Id), TestContext.Current.CancellationToken))?.PasswordHash;
    }
}

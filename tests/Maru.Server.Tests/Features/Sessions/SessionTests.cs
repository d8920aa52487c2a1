using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.Sessions;

public sealed class SessionTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task The_list_names_every_device_and_this_one()
    {
        var ann = await server.SignUpAsync();
        await server.Http.SendAsync(
            "POST /api/auth/login", new { handle = ann.Handle, password = Person.Password, device = " Ann's \u0009 phone " })
            .ShouldBe(200);
        var sessions = (await ann.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items;
        sessions.Count.ShouldBe(2);
        sessions.Single(session => session.Current).Device.ShouldBe("unknown");
        sessions.Single(session => !session.Current).Device.ShouldBe("Ann's phone");
    }

    [Fact]
    public async Task One_session_can_be_ended_and_its_sockets_are_told()
    {
        var ann = await server.SignUpAsync();
        var phone = await server.SignInAsync(ann.Handle);
        var ended = new List<(UserId User, long Session)>();
        server.Service<SessionEvents>().SessionsEnded += (user, sessions, _) => ended.AddRange(sessions.Select(session => (user, session)));

        var id = (await ann.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items.Single(session => !session.Current).Id;
        await ann.Http.SendAsync($"DELETE /api/me/sessions/{id}").ShouldBe(204);
        await phone.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await ann.Http.SendAsync($"DELETE /api/me/sessions/{id}").ShouldRefuse(Problem.NotFound);
        ended.Where(end => end.User.Value == ann.Id).ShouldBe([(new UserId(ann.Id), id)]);
    }

    [Fact]
    public async Task The_others_end_together()
    {
        var ann = await server.SignUpAsync();
        var others = await Task.WhenAll(server.SignInAsync(ann.Handle), server.SignInAsync(ann.Handle));
        await ann.Http.SendAsync("DELETE /api/me/sessions").ShouldBe(204);
        foreach (var other in others) await other.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        (await ann.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items.Single().Current.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_ends_anothers_session()
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var id = (await ann.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items.Single().Id;
        await bob.Http.SendAsync($"DELETE /api/me/sessions/{id}").ShouldRefuse(Problem.NotFound);
        await bob.Http.SendAsync("DELETE /api/me/sessions/abc").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Fact]
    public async Task Sessions_that_are_over_leave_the_store_when_no_token_can_come_back()
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null);
        var ann = await own.SignUpAsync();
        var phone = await own.SignInAsync(ann.Handle);
        await own.Http.SendAsync("POST /api/auth/refresh", new { phone.RefreshToken }).ShouldBe(200);
        await phone.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);

        var store = own.Service<SessionStore>();
        time.Sleep(TimeSpan.FromHours(23));
        (await store.ForgetAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
        time.Sleep(TimeSpan.FromHours(1.5));
        await own.Service<SessionStore>().ForgetAsync(TestContext.Current.CancellationToken);
        (await CountAsync("sessions")).ShouldBe(1);
        (await CountAsync("spent_refresh_tokens")).ShouldBe(0);

        Task<long> CountAsync(string table) =>
            own.Service<Database>().FirstAsync<long>($"SELECT count(*) FROM {table}", null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_session_ends_at_its_age_however_often_it_is_refreshed_and_its_tokens_with_it()
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null, "--Maru:Sessions:MaxAge=10.00:00:00");
        var tokens = await own.Http.SendAsync(
            "POST /api/auth/signup", new { handle = "ann", name = "Ann", password = Person.Password }).Read<SignedIn>(201);
        for (var day = 1; day < 10; day++)
        {
            time.Sleep(TimeSpan.FromDays(1));
            tokens = await RefreshAsync().Read<SignedIn>();
        }

        tokens.ExpiresIn.ShouldBe(900);
        time.Sleep(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(5));
        tokens = await RefreshAsync().Read<SignedIn>();
        tokens.ExpiresIn.ShouldBe(300);
        await own.Person(tokens).Http.SendAsync("GET /api/me").ShouldBe(200);
        time.Advance(TimeSpan.FromMinutes(5.1));
        await own.Person(tokens).Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Unauthenticated);
        await RefreshAsync().ShouldRefuse(Problem.SessionEnded);

        Task<HttpResponseMessage> RefreshAsync() => own.Http.SendAsync("POST /api/auth/refresh", new { tokens.RefreshToken });
    }

    [Fact]
    public async Task One_sign_in_too_many_ends_the_session_that_was_not_used_for_longest()
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null, "--Maru:Sessions:PerUser=3");
        List<Person> devices = [await own.SignUpAsync()];
        for (var i = 0; i < 2; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            devices.Add(await own.SignInAsync(devices[0].Handle));
        }

        time.Advance(TimeSpan.FromSeconds(1));
        await own.Http.SendAsync("POST /api/auth/refresh", new { devices[0].RefreshToken }).ShouldBe(200);
        time.Advance(TimeSpan.FromSeconds(1));
        devices.Add(await own.SignInAsync(devices[0].Handle));
        await devices[1].Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        foreach (var i in (int[])[0, 2, 3]) await devices[i].Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Fact]
    public async Task A_connection_is_known_by_its_token_until_the_session_ends()
    {
        var ann = await server.SignUpAsync();
        var authenticator = server.Service<ConnectionAuthenticator>();
        var identity = await authenticator.AuthenticateAsync(ann.AccessToken, null, TestContext.Current.CancellationToken);
        (identity?.User).ShouldBe(new UserId(ann.Id));
        JsonSerializer.Deserialize<User>(identity?.Profile, JsonSerializerOptions.Web).ShouldBe(ann.User);
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        (await authenticator.AuthenticateAsync(ann.AccessToken, null, TestContext.Current.CancellationToken)).ShouldBeNull();
        (await authenticator.AuthenticateAsync("", null, TestContext.Current.CancellationToken)).ShouldBeNull();
    }
}

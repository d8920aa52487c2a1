using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform.Credentials;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.Sessions;

/// <summary>A write that needs a password happens only while it still is the account's password.</summary>
public sealed class SignInRaceTests
{
    private const string NewPassword = "battery staple";

    [Fact]
    public async Task A_sign_in_that_is_under_way_while_the_password_changes_needs_the_new_one()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var _ = server;
        var ann = await server.SignUpAsync();
        var hold = store.HoldWrites(3);
        var (old, late) = (SignIns(server, ann, 2), SignIns(server, ann, 1));
        await hold.Arrived;
        await ann.Http.SendAsync("POST /api/me/password", new { oldPassword = Person.Password, newPassword = NewPassword }).ShouldBe(204);
        hold.Release();

        foreach (var answer in old.Concat(late)) await answer.ShouldRefuse(Problem.WrongCredentials);
        (await SessionsAsync(ann)).Single().Current.ShouldBeTrue();
        await server.SignInAsync(ann.Handle, NewPassword);
    }

    [Fact]
    public async Task A_sign_in_that_is_under_way_while_the_account_is_deleted_is_refused()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var _ = server;
        var ann = await server.SignUpAsync();
        var hold = store.HoldWrites(2);
        var late = SignIns(server, ann, 2);
        await hold.Arrived;
        await ann.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        hold.Release();
        foreach (var answer in late) await answer.ShouldRefuse(Problem.WrongCredentials);
    }

    [Fact]
    public async Task A_refresh_that_is_under_way_while_the_account_is_deleted_is_refused()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var _ = server;
        var ann = await server.SignUpAsync();
        var phone = await server.SignInAsync(ann.Handle);
        var hold = store.HoldWrites(1);
        var late = server.Http.SendAsync("POST /api/auth/refresh", new { phone.RefreshToken });
        await hold.Arrived;
        await ann.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        hold.Release();
        await late.ShouldRefuse(Problem.SessionEnded);
        foreach (var path in (string[])["/api/me", "/api/users", "/api/rooms"])
            await phone.Http.SendAsync($"GET {path}").ShouldRefuse(Problem.SessionEnded);
    }

    [Fact]
    public async Task Of_two_changes_of_a_password_at_once_the_second_one_needs_the_first_ones()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var _ = server;
        var ann = await server.SignUpAsync();
        var phone = await server.SignInAsync(ann.Handle);
        var hold = store.HoldWrites(1);
        var late = ann.Http.SendAsync("POST /api/me/password", new { oldPassword = Person.Password, newPassword = "a thief's own" });
        await hold.Arrived;
        // The first change holds its user's turn here; another node would not know of it.
        var ct = TestContext.Current.CancellationToken;
        var accounts = server.Service<AccountStore>();
        var account = await accounts.FindAsync(ann.Handle, ct);
        var hash = await server.Service<Passwords>().HashAsync(NewPassword, isKnown: true, ct);
        var session = (await SessionsAsync(phone)).Single(x => x.Current).Id;
        (await accounts.ChangePasswordAsync(account!, session, hash!, ct)).ShouldBeTrue();
        hold.Release();
        (await late.ShouldRefuseFields()).ShouldBe(["oldPassword"]);
        await server.SignInAsync(ann.Handle, NewPassword);
    }

    [Fact]
    public async Task Two_sign_ins_that_renew_a_weak_hash_at_once_both_succeed()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var _ = server;
        var ann = await server.SignUpAsync();
        await server.RestartAsync("--Maru:Passwords:Iterations=2000");
        var hold = store.HoldWrites(2);
        var both = SignIns(server, ann, 2);
        await hold.Arrived;
        hold.Release();
        foreach (var answer in both) await answer.ShouldBe(200);
    }

    /// <summary>The two transactions overlap: only PostgreSQL lets them.</summary>
    [Theory]
    [InlineData("POST /api/me/password")]
    [InlineData("DELETE /api/me")]
    [Trait("Store", "postgres")]
    public async Task A_sign_in_that_is_written_but_not_committed_ends_with_the_others(string change)
    {
        var database = await (await PostgresServer.Shared).MakeDatabaseAsync();
        var (server, store) = await HeldDatabase.StartAsync(null, $"--Maru:Database={database}");
        await using var _ = server;
        var ann = await server.SignUpAsync();
        var hold = store.HoldCommits(1);
        var late = SignIns(server, ann, 1).Single();
        await hold.Arrived;
        var body = new { password = Person.Password, oldPassword = Person.Password, newPassword = NewPassword };
        var changed = ann.Http.SendAsync(change, body);
        await PostgresServer.WaitsForLockAsync(database, 1, or: changed);
        hold.Release();
        await changed.ShouldBe(204);
        var phone = server.Person(await late.Read<SignedIn>());
        foreach (var path in (string[])["/api/me", "/api/users", "/api/rooms"])
            await phone.Http.SendAsync($"GET {path}").ShouldRefuse(Problem.SessionEnded);
        await server.Http.SendAsync("POST /api/auth/refresh", new { phone.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
    }

    [Fact]
    public async Task A_sign_up_that_waits_for_a_deletion_does_not_get_the_handle()
    {
        var (server, store) = await HeldDatabase.StartAsync(null);
        await using var _ = server;
        var ann = await server.SignUpAsync();
        var hold = store.HoldCommits(1);
        var deletion = ann.Http.SendAsync("DELETE /api/me", new { password = Person.Password });
        await hold.Arrived;
        var impostor = server.Http.SendAsync("POST /api/auth/signup", new { ann.Handle, name = "Ann", password = Person.Password });
        if (TestStore.IsPostgres) await PostgresServer.WaitsForLockAsync(server.Service<StorageOptions>().Database, 1, or: impostor);
        hold.Release();
        await deletion.ShouldBe(204);
        await impostor.ShouldRefuse(Problem.HandleTaken);
    }

    private static Task<HttpResponseMessage>[] SignIns(MaruServer server, Person person, int count) =>
    [
        .. from _ in Enumerable.Range(0, count)
           select server.Http.SendAsync("POST /api/auth/login", new { handle = person.Handle, password = Person.Password }),
    ];

    private static async Task<IReadOnlyList<Session>> SessionsAsync(Person person) =>
        (await person.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items;
}

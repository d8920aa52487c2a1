using System.Data.Common;
using System.Net.Http.Headers;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;
using Maru.Server.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Hostile;

/// <summary>A sign-out, and the end of a session whose token was used twice, hold at once, also while the store takes no writes.</summary>
public sealed class SignOutTests
{
    private static readonly string[] Settings = ["--Maru:Sqlite:BusyTimeout=00:00:00.2", "--Maru:Postgres:CommandTimeout=00:00:03"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sign_out_while_the_store_is_locked_kills_the_session_at_once_and_is_stored_later()
    {
        await using var server = await MaruServer.StartAsync(Settings);
        var ann = await server.SignUpAsync();
        var phone = await server.SignInAsync(ann.Handle);
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await using (await LockAsync(server))
        {
            await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
            await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
            (await socket.ErrorAsync())["message"].ShouldBe(Problem.SessionEnded.Slug);
            await phone.Http.SendAsync("GET /api/me").ShouldBe(200);
            (await phone.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items.ShouldHaveSingleItem().Current.ShouldBeTrue();
            server.Service<SessionEnds>().Waiting.ShouldBe(1);
        }

        // The store may take the refresh before it takes the end.
        await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        await Deadline.Until(() => server.Service<SessionEnds>().Waiting == 0, "the end to be stored");
        await server.RestartAsync();
        var again = server.Person(new SignedIn(ann.User, ann.AccessToken, "", 0));
        await again.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
    }

    [Fact]
    public async Task A_refresh_token_that_is_used_twice_kills_the_session_while_the_store_is_locked()
    {
        await using var server = await MaruServer.StartAsync([.. Settings, "--Maru:Jwt:RefreshGrace=0"]);
        var ann = await server.SignUpAsync();
        var next = await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).Read<SignedIn>();
        await using (await LockAsync(server))
        {
            await server.Http.SendAsync("POST /api/auth/refresh", new { next.RefreshToken }).ShouldRefuse(Problem.Unavailable);
            await server.Person(next).Http.SendAsync("GET /api/me").ShouldBe(200);
            await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
            await server.Person(next).Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        }

        await server.Http.SendAsync("POST /api/auth/refresh", new { next.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        await Deadline.Until(() => server.Service<SessionEnds>().Waiting == 0, "the end to be stored");
        (await server.Service<Database>().FirstAsync<long>("SELECT count(*) FROM sessions WHERE ended_at IS NULL", null, Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task A_refresh_within_the_grace_is_no_theft_while_the_store_is_locked()
    {
        await using var server = await MaruServer.StartAsync([.. Settings, "--Maru:Jwt:RefreshGrace=00:05:00"]);
        var ann = await server.SignUpAsync();
        var next = await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).Read<SignedIn>();
        await using (await LockAsync(server))
            await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).ShouldRefuse(Problem.Unavailable);
        await server.Person(next).Http.SendAsync("GET /api/me").ShouldBe(200);
        (await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).Read<SignedIn>())
            .RefreshToken.ShouldBe(next.RefreshToken);
    }

    [Fact]
    public async Task All_other_sessions_end_in_the_same_way()
    {
        await using var server = await MaruServer.StartAsync(Settings);
        var ann = await server.SignUpAsync();
        var others = new Person[3];
        for (var i = 0; i < others.Length; i++) others[i] = await server.SignInAsync(ann.Handle);
        var list = await ann.Http.SendAsync("GET /api/me/sessions").Read<SessionList>();
        await using (await LockAsync(server))
        {
            await ann.Http.SendAsync($"DELETE /api/me/sessions/{list.Items[0].Id}").ShouldBe(204);
            await ann.Http.SendAsync($"DELETE /api/me/sessions/{list.Items[0].Id}").ShouldRefuse(Problem.NotFound);
            await ann.Http.SendAsync("DELETE /api/me/sessions").ShouldBe(204);
            foreach (var other in others) await other.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        }

        await Deadline.Until(() => server.Service<SessionEnds>().Waiting == 0, "the ends to be stored");
        (await server.Service<Database>().FirstAsync<long>("SELECT count(*) FROM sessions WHERE ended_at IS NULL", null, Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task What_waited_is_told_once_when_it_is_stored()
    {
        var (log, time) = (new LogBook(), new ManualTime());
        await using var server = await MaruServer.StartAsync(
            time, services => services.AddSingleton<ILoggerProvider>(log),
            [.. Settings, "--Logging:LogLevel:Maru.Server.Features.Sessions=Information"]);
        var ann = await server.SignUpAsync();
        var phone = await server.SignInAsync(ann.Handle);
        await using (await LockAsync(server))
        {
            await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
            await Deadline.Until(() => time.IsAwaited(TimeSpan.FromSeconds(1)), "the next try to be awaited");
            await phone.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        }

        await Deadline.Until(Stored, "the ends to be stored");
        for (var i = 0; i < 5; i++)
        {
            await Deadline.Until(() => time.IsAwaited(TimeSpan.FromSeconds(1)), "the next second to be awaited");
            time.Advance(1);
        }

        Told().ShouldHaveSingleItem().ShouldContain("Stored the end of 2 sessions");

        bool Stored()
        {
            time.Advance(1);
            return Told().Any();
        }

        IEnumerable<string> Told() => log.Lines.Where(line => line.Contains("that waited", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_ends_tries_once_more_to_store_them()
    {
        await using var server = await MaruServer.StartAsync(new ManualTime(), null, Settings);
        var ann = await server.SignUpAsync();
        await using (await LockAsync(server)) await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        server.Service<SessionEnds>().Waiting.ShouldBe(1);     // the clock stands still
        await server.RestartAsync();
        var again = server.Person(new SignedIn(ann.User, ann.AccessToken, "", 0));
        await again.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
    }

    [Fact]
    public async Task Beyond_their_bound_the_store_s_refusal_is_told_and_the_session_is_dead_all_the_same()
    {
        await using var server = await MaruServer.StartAsync(Settings);
        var ann = await server.SignUpAsync();
        var ends = server.Service<SessionEnds>();
        await using (await LockAsync(server))
        {
            var many = Enumerable.Range(1_000_000, SessionEnds.MaxWaiting).Select(i => (long)i).ToArray();
            await ends.EndAsync(new UserId(ann.Id), many, SessionEnd.SignedOut);
            ends.Waiting.ShouldBe(SessionEnds.MaxWaiting);
            await ann.Http.SendAsync("POST /api/auth/logout").ShouldRefuse(Problem.Unavailable);
            await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        }

        await Deadline.Until(() => ends.Waiting == 0, "the ends to be stored");
    }

    [Fact]
    [Trait("Store", "sqlite")]
    public async Task A_sign_out_while_the_store_is_full_kills_the_session_at_once_and_outlives_a_kill_once_there_is_room()
    {
        using var folder = new Folder();
        var store = $"--Maru:Database=Data Source={folder.Path}/maru.db";     // whatever store the other tests have
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 2, 1, store);
        await using (var server = await MaruProcess.StartAsync(folder, store))
        {
            using var ann = Client(server, tokens[0]);
            using var bob = Client(server, tokens[1]);
            await bob.SendAsync($"POST /api/rooms/{rooms[0]}/messages", new { text = "x" }).ShouldBe(201);
            server.LimitFileSize(1);
            await ann.SendAsync("POST /api/auth/logout").ShouldBe(204);
            await ann.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
            await bob.SendAsync("GET /api/me").ShouldBe(200);
            server.LimitFileSize(long.MaxValue);
            await Deadline.Until(
                () => server.Lines.Any(line => line.Contains("that waited", StringComparison.Ordinal)), "the end to be stored");
            await server.KillAsync();
        }

        await using var next = await MaruProcess.StartAsync(folder, store);
        using var again = Client(next, tokens[0]);
        await again.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
    }

    private static HttpClient Client(MaruProcess server, string token)
    {
        var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>Another program holds the sessions until this is disposed.</summary>
    private static async Task<DbConnection> LockAsync(MaruServer server)
    {
        var other = await TestStore.OpenAsync(server.Store);
        await using var command = other.CreateCommand();
        command.CommandText = TestStore.IsPostgres ? "BEGIN; LOCK TABLE sessions IN EXCLUSIVE MODE" : "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(Ct);
        return other;
    }
}

using System.Buffers.Text;
using System.Text.Json.Nodes;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Search;

namespace Maru.Server.Tests.Hostile;

/// <summary>
/// A store that was restored has what it had, and gives the numbers of lost users, sessions and files again. A token of before must not
/// become the newcomer's, nor a lost file the content of a new one.
/// </summary>
public sealed class RestoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_of_before_the_restore_is_nobody_elses()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync("ann");
        var backup = Path.Combine(server.Folder, "backup");
        await TestStore.BackUpAsync(server.Store, backup);
        var bob = await server.SignUpAsync("bob");
        await bob.Http.SendAsync("GET /api/me").ShouldBe(200);
        await server.RestartAsync(() => TestStore.RestoreAsync(server.Store, backup));

        var lost = server.Person(Tokens(bob));
        await lost.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        var carol = await server.SignUpAsync("carol");
        carol.Id.ShouldBe(bob.Id);
        Claims(carol)["sid"]!.ToString().ShouldBe(Claims(bob)["sid"]!.ToString());

        await lost.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await lost.Http.SendAsync("PATCH /api/me", new { name = "Bob" }).ShouldRefuse(Problem.SessionEnded);
        await lost.Http.SendAsync("POST /api/rooms", new { name = "x", visibility = "public" }).ShouldRefuse(Problem.SessionEnded);
        await lost.Http.SendAsync("POST /api/auth/logout").ShouldRefuse(Problem.SessionEnded);
        await server.Http.SendAsync("POST /api/auth/refresh", new { bob.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        await using (var socket = await StompSocket.OpenAsync(server.Address))
        {
            await socket.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("Authorization", $"Bearer {bob.AccessToken}"));
            (await socket.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
        }

        (await carol.Http.SendAsync("GET /api/me").Read<Profile>()).Name.ShouldBe("carol");
        await server.Person(Tokens(ann)).Http.SendAsync("GET /api/me").ShouldBe(200);
        await using var hers = await StompSocket.ConnectAsync(server.Address, carol.AccessToken);
        await hers.SyncAsync();
    }

    [Fact]
    public async Task The_operator_ends_all_sessions_of_the_backup_where_the_page_says_how()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync("ann");
        var backup = Path.Combine(server.Folder, "backup");
        await TestStore.BackUpAsync(server.Store, backup);
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        var now = TestStore.IsPostgres ? "extract(epoch FROM now())" : "unixepoch()";
        var sql = $"UPDATE sessions SET ended_at = {now} * 1000, end_reason = 'restored' WHERE ended_at IS NULL";
        Repository.Read("docs/operations.md").ShouldContain(sql);
        await server.RestartAsync(async () =>
        {
            await TestStore.RestoreAsync(server.Store, backup);
            await TestStore.ExecuteAsync(server.Store, sql);
        });

        await server.Person(Tokens(ann)).Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await server.Http.SendAsync("POST /api/auth/refresh", new { ann.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        await (await server.SignInAsync(ann.Handle)).Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    [Fact]
    public async Task Messages_files_and_what_is_found_are_those_of_the_backup()
    {
        await using var server = await MaruServer.StartAsync(Searching.On);
        var (files, backup) = (Path.Combine(server.Folder, "files"), Path.Combine(server.Folder, "backup"));
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        var (picture, plan) = (await ann.UploadAsync(Uploads.Pixel, "dot.png"), await ann.UploadAsync(name: "plan.pdf"));
        await ann.SendAsync(room, "beacon kept", picture, plan);
        var (history, content) = ((await ann.HistoryAsync(room)).Json(), await ann.DownloadAsync(picture));
        await TestStore.BackUpAsync(server.Store, backup);
        foreach (var folder in Directory.EnumerateDirectories(files))
        {
            if (Path.GetFileName(folder) is not ("arriving" or "fetching" or ".drafts"))
                Copy(folder, Path.Combine($"{backup}-files", Path.GetFileName(folder)));
        }

        var lost = await ann.UploadAsync(Uploads.Pdf(fill: 2));
        await ann.SendAsync(room, "beacon lost", lost);
        using var seen = await ann.Http.GetAsync(lost.Url, Ct);
        await server.IndexedAsync();
        await server.RestartAsync(async () =>
        {
            await TestStore.RestoreAsync(server.Store, backup);
            foreach (var file in Directory.EnumerateFiles(server.Folder, "*-search.db*")) File.Delete(file);
            Copy($"{backup}-files", files);
        });

        ann = await server.SignInAsync(ann.Handle);
        (await ann.HistoryAsync(room)).Json().ShouldBe(history);
        (await ann.DownloadAsync(picture)).ShouldBe(content);
        await server.IndexedAsync();
        (await ann.TextsAsync("beacon")).ShouldBe(["beacon kept"]);
        (await ann.TextsAsync("plan")).ShouldBe(["beacon kept"]);
        var (code, lines) = await MaruProcess.RunAsync(
            ["audit", "--contents", $"--Maru:Data={server.Folder}", $"--Maru:Database={server.Store}"]);
        code.ShouldBe(0, string.Join('\n', lines));

        // A browser that has the lost file must not take it for the new one of its number.
        var other = await ann.UploadAsync(Uploads.Pdf(fill: 3));
        other.Id.ShouldBe(lost.Id);
        using var request = new HttpRequestMessage(HttpMethod.Get, other.Url);
        request.Headers.IfNoneMatch.Add(seen.Headers.ETag!);
        using var response = await ann.Http.SendAsync(request, Ct);
        ((int)response.StatusCode).ShouldBe(200);
        (await response.Content.ReadAsByteArrayAsync(Ct)).ShouldBe(Uploads.Pdf(fill: 3));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>Versions that write no mark run beside this one for a while; their tokens are told apart by their time.</summary>
    [Theory]
    [InlineData("as it is", true)]
    [InlineData("another mark", false)]
    [InlineData("no mark", true)]
    [InlineData("no mark, older than the session", false)]
    [InlineData("another user", false)]
    [InlineData("another session", false)]
    public async Task A_token_belongs_to_its_session_by_its_mark(string token, bool isGood)
    {
        await using var server = await MaruServer.StartAsync();
        var (ann, bob) = (await server.SignUpAsync("ann"), await server.SignUpAsync("bob"));
        var claims = Claims(ann);
        switch (token)
        {
            case "another mark": claims["mark"] = "0123456789abcdef"; break;
            case "no mark": claims.Remove("mark"); break;
            case "no mark, older than the session": claims.Remove("mark"); claims["iat"] = (long)claims["iat"]! - 10; break;
            case "another user": claims["sub"] = Claims(bob)["sub"]!.ToString(); break;
            case "another session": claims["sid"] = Claims(bob)["sid"]!.ToString(); break;
        }

        var secret = Convert.FromBase64String(await File.ReadAllTextAsync(Path.Combine(server.Folder, "keys", "jwt-hs256.key"), Ct));
        var person = server.Person(Tokens(ann) with { AccessToken = RawToken.Sign(secret, claims.ToJsonString()) });
        for (var i = 0; i < 2; i++)
        {
            if (isGood) await person.Http.SendAsync("GET /api/me").ShouldBe(200);
            else await person.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        }

        await using var socket = await StompSocket.OpenAsync(server.Address);
        await socket.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("Authorization", $"Bearer {person.AccessToken}"));
        await socket.TakeAsync(frame => frame.Command == (isGood ? "CONNECTED" : "ERROR"), "the answer");
    }

    private static SignedIn Tokens(Person person) => new(person.User, person.AccessToken, person.RefreshToken, 0);

    private static JsonObject Claims(Person person) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(person.AccessToken.Split('.')[1]))!.AsObject();
}

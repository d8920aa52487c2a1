using Maru.Engine.Problems;
using Maru.Server.Commands;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Drafts;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.Messages;
using Maru.Server.Tests.Features.OwnSettings;
using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Polls;
using Maru.Server.Tests.Features.Reactions;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Scheduled;
using Maru.Server.Tests.Features.Search;
using Maru.Server.Tests.Features.Stars;
using Npgsql;

namespace Maru.Server.Tests.Commands;

[Trait("Store", "postgres")]
public sealed class MigrateTests : IAsyncLifetime
{
    private static readonly string[] OfTheStore =
    [
        "migrations", "nodes", "present", "notices", "name_changes", "positions", "read_positions", "user_parts", "room_parts",
        "mention_blocks", "last_audit", "search_messages", "search_state",
    ];

    private readonly Folder _folder = new();
    private PostgresServer? _postgres;
    private string _target = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Source => $"Data Source={_folder.Path}/maru.db";

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.Shared;
        _target = await _postgres.MakeDatabaseAsync();
    }

    [Fact]
    public async Task Everything_is_there_with_its_ids_and_goes_on_from_there()
    {
        var before = await StartAsync(Source);
        var (ann, bob) = (await before.SignUpAsync(), await before.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync();
        await bob.JoinAsync(room);
        var first = await PostAsync(ann, room, "first", "key", 201);
        for (var i = 0; i < 20; i++) await bob.SayAsync(room, $"안녕 {i} 😀");
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{first.Seq}", new { text = "first, edited" }).ShouldBe(200);
        await bob.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{first.Seq + 1}").ShouldBe(204);
        await bob.ReactAsync(room, first.Seq, "👍");
        await ann.StarAsync(room, first.Seq);
        await ann.ChangeAsync(room, new { topic = "moving", avatarUrl = "https://example.org/a.png", slowMode = 21600 });
        await ann.SetAsync(room, new { notify = "mentions", favourite = true, muteUntil = "2100-01-01T00:00:00Z" });
        await ann.PinAsync(room, first.Seq);
        await ann.DraftAsync(room, "begun", replyTo: first.Seq);
        await ann.ScheduleAsync(room, "later", DateTimeOffset.UtcNow.AddHours(1), first.Seq, "later", await ann.UploadAsync());
        var poll = (await ann.PollAsync(room)).Seq;
        await bob.VoteAsync(room, poll, 2);
        await ann.ReplyAsync(room, first.Seq);
        await ann.ForwardAsync(room, room, first.Seq);
        await bob.SayAsync(room, $"@{ann.Handle} and @{ann.Handle}");
        var link = await ann.InviteAsync(room, expiresIn: 3600, maxUses: 3);
        var eve = await before.SignUpAsync("eve");
        await eve.AcceptAsync(link).ShouldBe(200);
        await ann.BanAsync(room, eve, "noise").ShouldBe(204);
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = bob.Id }).Read<Room>(201);
        await ann.SayAsync(direct, "only you");
        await ann.SetAsync(direct, new { hidden = true });
        var cat = await before.SignUpAsync("cat");
        await cat.MeetAsync(ann);
        await ann.BlockAsync(bob);
        var contacts = await ann.Http.SendAsync("GET /api/contacts").ShouldBe(200);
        contacts.ShouldContain("accepted");
        var blocks = await ann.Http.SendAsync("GET /api/blocks").ShouldBe(200);
        blocks.ShouldContain(bob.Handle);
        var next = await bob.Http.SendAsync("POST /api/auth/refresh", new { bob.RefreshToken }).Read<SignedIn>();
        await bob.Http.SendAsync("POST /api/auth/refresh", new { next.RefreshToken }).ShouldBe(200);
        var rooms = await ann.Http.SendAsync("GET /api/me/rooms").ShouldBe(200);
        var history = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?limit=200").ShouldBe(200);
        var reactions = await ann.Http.SendAsync($"GET {Reacting.Address(room, first.Seq, null)}").ShouldBe(200);
        var pins = await ann.Http.SendAsync($"GET {Pinning.List(room)}").ShouldBe(200);
        pins.ShouldContain("first, edited");
        var bans = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/bans").ShouldBe(200);
        bans.ShouldContain("noise");
        history.ShouldContain("\"banned\":true");
        history.ShouldContain("\"replies\":1");
        history.ShouldContain("\"quote\":{\"seq\":" + first.Seq);
        history.ShouldContain("\"forwardedFrom\":{");
        var thread = await ann.Http.SendAsync($"GET {Threading.Address(room, first.Seq)}/replies").ShouldBe(200);
        var voters = await ann.Http.SendAsync($"GET {Polling.Address(room, poll, "options/2/voters")}").ShouldBe(200);
        voters.ShouldContain(bob.Handle);
        var mentions = await ann.Http.SendAsync("GET /api/me/mentions").ShouldBe(200);
        mentions.ShouldContain($"and @{ann.Handle}");
        var stars = await ann.Http.SendAsync("GET /api/me/stars").ShouldBe(200);
        stars.ShouldContain("first, edited");
        var drafts = await ann.Http.SendAsync("GET /api/me/drafts").ShouldBe(200);
        drafts.ShouldContain("begun");
        var scheduled = await ann.ScheduledAsync();
        scheduled.ShouldHaveSingleItem();
        await before.DisposeAsync();

        (await MigrateAsync()).ShouldBe(0);
        await using var after = await StartAsync(_target);
        var same = after.Person(new(ann.User, ann.AccessToken, ann.RefreshToken, 0));     // her token goes on
        (await same.Http.SendAsync("GET /api/me/rooms").ShouldBe(200)).ShouldBe(rooms);
        (await same.ListAsync("hidden=true")).ShouldBe([direct.Id]);
        (await same.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?limit=200").ShouldBe(200)).ShouldBe(history);
        (await same.Http.SendAsync($"GET {Threading.Address(room, first.Seq)}/replies").ShouldBe(200)).ShouldBe(thread);
        (await same.Http.SendAsync($"GET {Reacting.Address(room, first.Seq, null)}").ShouldBe(200)).ShouldBe(reactions);
        (await same.Http.SendAsync($"GET {Pinning.List(room)}").ShouldBe(200)).ShouldBe(pins);
        (await same.Http.SendAsync($"GET /api/rooms/{room.Id}/bans").ShouldBe(200)).ShouldBe(bans);
        (await same.InvitationsAsync(room)).Select(x => (x.Code, x.Uses)).ShouldBe([(link.Code, 1)]);
        (await same.Http.SendAsync($"GET {Polling.Address(room, poll, "options/2/voters")}").ShouldBe(200)).ShouldBe(voters);
        (await same.Http.SendAsync("GET /api/me/mentions").ShouldBe(200)).ShouldBe(mentions);
        (await same.Http.SendAsync("GET /api/me/stars").ShouldBe(200)).ShouldBe(stars);
        (await same.Http.SendAsync("GET /api/me/drafts").ShouldBe(200)).ShouldBe(drafts);
        (await same.ScheduledAsync()).Json().ShouldBe(scheduled.Json());
        (await same.ScheduleAsync(room, "and on", DateTimeOffset.UtcNow.AddHours(1))).Id.ShouldBeGreaterThan(scheduled[0].Id);
        (await same.Http.SendAsync("GET /api/contacts").ShouldBe(200)).ShouldBe(contacts);
        (await same.Http.SendAsync("GET /api/blocks").ShouldBe(200)).ShouldBe(blocks);
        await same.Http.SendAsync($"POST /api/rooms/{direct.Id}/messages", new { text = "no" }).ShouldRefuse(Problem.BlockedByYou);
        (await PostAsync(same, room, "first", "key", 200)).Seq.ShouldBe(first.Seq);
        await same.Http.SendAsync("POST /api/auth/refresh", new { refreshToken = bob.RefreshToken }).ShouldBe(401);     // spent before
        var last = (await same.HistoryAsync(room))[^1].Seq;
        (await same.SayAsync(room, "and on")).Seq.ShouldBeGreaterThan(last);
        (await after.SignUpAsync("carl")).Id.ShouldBeGreaterThan(bob.Id);
        await after.ShouldBeSoundAsync();
        await after.ShouldCountRepliesAsync();
    }

    [Fact]
    public async Task A_run_that_was_cut_off_goes_on_where_it_ended()
    {
        await SeedAsync(messages: 500);
        (await MigrateAsync()).ShouldBe(0);
        await ExecuteAsync(
            "DELETE FROM messages WHERE (room_id, seq) >= (SELECT room_id, seq FROM messages ORDER BY room_id, seq OFFSET 123 LIMIT 1)");
        (await MigrateAsync()).ShouldBe(0);
        (await MigrateAsync()).ShouldBe(0);
        await using var after = await StartAsync(_target);
        await after.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(
        "UPDATE messages SET text = text || '!' WHERE (room_id, seq) = (SELECT room_id, seq FROM messages ORDER BY room_id, seq "
            + "OFFSET 40 LIMIT 1)")]
    [InlineData("DELETE FROM messages WHERE (room_id, seq) = (SELECT room_id, seq FROM messages ORDER BY room_id, seq OFFSET 40 LIMIT 1)")]
    [InlineData("INSERT INTO users (id, handle, name, name_key, created_at) VALUES (1000000, 'stranger', '', '', 0)")]
    [InlineData("UPDATE users SET password_hash = NULL WHERE id = 3")]
    public async Task A_difference_is_found(string sql)
    {
        await SeedAsync(messages: 100);
        (await MigrateAsync()).ShouldBe(0);
        await ExecuteAsync(sql);
        (await MigrateAsync()).ShouldBe(2);
    }

    /// <summary>A table that somebody adds must not be forgotten.</summary>
    [Fact]
    public async Task Every_table_is_moved_but_what_each_store_keeps_for_itself()
    {
        await using var server = await StartAsync(_target);
        await using var connection = new NpgsqlConnection(_target);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'", connection);
        await using var row = await command.ExecuteReaderAsync(Ct);
        List<string> tables = [];
        while (await row.ReadAsync(Ct)) tables.Add(row.GetString(0));
        tables.Except(OfTheStore).Order().ShouldBe(StoreTable.All.Select(x => x.Name).Order());
    }

    [Theory]
    [InlineData("Data Source=/nowhere/maru.db", null)]
    [InlineData("Host=127.0.0.1", null)]
    [InlineData("Data Source=FOLDER/maru.db;Default Timeout=abc", null)]
    [InlineData(null, "Data Source=FOLDER/new.db")]
    [InlineData(null, "Host=127.0.0.1;Port=1;Username=x")]
    public async Task What_cannot_be_moved_is_refused_and_nothing_is_made(string? from, string? to)
    {
        if (from is null) await SeedAsync(messages: 1);
        (await Program.Main(["migrate", "--from", from ?? Source, "--to", to?.Replace("FOLDER", _folder) ?? _target])).ShouldBe(2);
        File.Exists($"{_folder.Path}/new.db").ShouldBeFalse();
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres!.DropDatabaseAsync(_target);
        _folder.Dispose();
    }

    private Task<MaruServer> StartAsync(string database) =>
        MaruServer.StartAsync($"--Maru:Database={database}", $"--Maru:Data={_folder.Path}/keys");

    private Task<int> MigrateAsync() => Program.Main(["migrate", "--from", Source, "--to", _target]);

    private async Task SeedAsync(int messages)
    {
        var code = await Program.Main(
        [
            "seed", "--users=10", "--rooms=3", $"--messages={messages}", $"--Maru:Database={Source}", $"--Maru:Data={_folder.Path}/keys",
            "--Maru:Passwords:Iterations=1000", "--hostBuilder:reloadConfigOnChange=false",
        ]);
        code.ShouldBe(0);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await PostgresServer.OpenAsync(_target);
        await using var command = new NpgsqlCommand(sql, connection);
        (await command.ExecuteNonQueryAsync(Ct)).ShouldBePositive();
    }

    private static async Task<Message> PostAsync(Person person, Room room, string text, string key, int status)
    {
        var content = System.Net.Http.Json.JsonContent.Create(new { text });
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{room.Id}/messages") { Content = content };
        request.Headers.Add("Idempotency-Key", key);
        return await person.Http.SendAsync(request, Ct).Read<Message>(status);
    }
}

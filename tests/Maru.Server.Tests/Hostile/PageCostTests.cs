using System.Data.Common;
using System.Text.Json;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Blocks;
using Maru.Server.Features.Contacts;
using Maru.Server.Features.Invitations;
using Maru.Server.Features.Members;
using Maru.Server.Features.Mentions;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Polls;
using Maru.Server.Features.ReadState;
using Maru.Server.Features.Rooms;
using Maru.Server.Features.Scheduled;
using Maru.Server.Features.Stars;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Maru.Server.Tests.Features.OwnSettings;
using Maru.Server.Tests.Features.Polls;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Tests.Hostile;

/// <summary>
/// A page of any list costs the same however large the store is. The cost is counted, not timed: instructions of SQLite's machine, pages
/// that PostgreSQL touches. The store is as bad as people can make it: deleted accounts and private rooms in the way, names that are alike.
/// </summary>
public sealed class PageCostTests : IAsyncLifetime
{
    private const int Users = 2000;
    private const int Rooms = 1000;

    // One page of 200 and the most that a search may look at cost less; a scan of the larger store costs more.
    private static readonly long Most = TestStore.IsPostgres ? 6_000 : 65_000;

    private readonly SpiedDatabase _spy = new();
    private MaruServer? _server;
    private int _users;
    private int _rooms;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MaruServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await MaruServer.StartAsync(null, services =>
    {
        _spy.Use<UserDirectory>(services);
        _spy.Use<RoomDirectory>(services);
        _spy.Use<RoomLists>(services);
        _spy.Use<MemberLists>(services);
        _spy.Use<InvitationStore>(services);
        _spy.Use<MentionStore>(services);
        _spy.Use<MessagePages>(services);
        _spy.Use<StarStore>(services);
        _spy.Use<PollStore>(services);
        _spy.Use<ScheduledLists>(services);
        _spy.Use<ContactStore>(services);
        _spy.Use<BlockStore>(services);
        _spy.Use<PendingMembers>(services);
        _spy.Use<ReadStateStore>(services);
    });

    [Fact]
    public async Task A_page_of_each_list_costs_the_same_in_a_store_that_is_ten_times_as_large()
    {
        var (ann, bob) = (await Server.SignUpAsync(), await Server.SignUpAsync("bob"));
        var home = await ann.MakeRoomAsync("home");
        var loud = await bob.MakeRoomAsync("loud");     // where Bob alone speaks, to all
        var poll = await ann.PollAsync(home);
        var read = await ann.SayAsync(home);            // before all others joined
        await ann.ReadAsync(home, read.Seq);
        for (var i = 0; i < 20; i++)
        {
            var mine = await ann.MakeRoomAsync($"mine {i}", "private");
            if (i % 2 == 0) await ann.SetAsync(mine, new { favourite = true, hidden = i % 4 == 0 });
        }

        string[] annas =
        [
            "/api/users?", "/api/users?q=u", "/api/users?q=user%20e", "/api/users?q=user1777", "/api/users?q=zz", "/api/users?q=%ED%95%9C",
            "/api/users?q=nobody",
            .. from sort in (string[])["activity", "newest", "members", "name"]
               from q in (string[])["", "r", "room%20e", "room%20e776", "rare", "%EB%B0%A9", "nothing"]
               select $"/api/rooms?sort={sort}&q={q}",
            "/api/me/rooms?", "/api/me/rooms?hidden=true", "/api/me/rooms?favourite=true",
            $"/api/rooms/{home.Id}/members?", $"/api/rooms/{home.Id}/bans?",
            $"/api/rooms/{home.Id}/invitations?",
            "/api/me/mentions?", "/api/me/stars?", "/api/me/scheduled?", $"/api/rooms/{home.Id}/messages/{read.Seq}/readers?",
            $"/api/rooms/{home.Id}/messages?", $"/api/rooms/{home.Id}/messages?after=1000", $"/api/rooms/{home.Id}/messages?around=1000500",
            $"/api/rooms/{home.Id}/messages?at=2096-10-02T07:06:40.050Z", $"/api/rooms/{home.Id}/messages/{read.Seq}/replies?",
            $"/api/rooms/{home.Id}/messages/{read.Seq}/replies?after=1000",
            $"/api/rooms/{home.Id}/polls/{poll.Seq}/options/2/voters?",
            "/api/contacts?", "/api/contacts?state=incoming", "/api/blocks?", "/api/me/invitations?",
        ];
        List<(Person Who, string List)> lists = [.. annas.Select(list => (ann, list)), (bob, "/api/me/mentions?")];

        await GrowAsync();
        var small = await MeasureAsync();
        await GrowAsync(9);
        var large = await MeasureAsync();
        foreach (var (list, before) in small)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{before,8} {large[list],8} {list}");
        }

        foreach (var (list, before) in small)
        {
            large[list].ShouldBeLessThan(Most, list);
            large[list].ShouldBeLessThan((before * 3 / 2) + (Most / 20), list);
        }

        async Task<Dictionary<string, long>> MeasureAsync()
        {
            Dictionary<string, long> costs = [];
            foreach (var (who, list) in lists)
            {
                var (first, next) = await CostAsync(who, list);
                costs.Add($"{who.Handle} {list}&limit=200", first);
                if (next is not null) costs.Add($"{who.Handle} {list}, page 2", (await CostAsync(who, $"{list}&after={next}")).Cost);
            }

            return costs;
        }

        async Task GrowAsync(int times = 1)
        {
            await MentionAllAsync(Server.Service<Database>(), loud.Id, bob.Id, _users, Users * times);
            await this.GrowAsync(home.Id, ann.Id, times, poll.Seq, read.Seq);
        }
    }

    [Fact]
    public async Task What_others_delete_and_whom_they_mention_costs_a_list_of_rooms_next_to_nothing()
    {
        var (ann, bob) = (await Server.SignUpAsync(), await Server.SignUpAsync("bob"));
        var room = await bob.MakeRoomAsync();
        await ann.JoinAsync(room);
        Dictionary<int, long> costs = [];
        foreach (var (before, count) in ((int, int)[])[(0, 300), (300, 1_000), (1_000, 10_000)])
        {
            await DeleteAndMentionAsync(room.Id, ann.Id, bob.Id, before, count);
            costs.Add(count, (await CostAsync(ann, "/api/me/rooms?")).Cost);
            TestContext.Current.TestOutputHelper?.WriteLine($"{count} messages: {costs[count]}");
            var rest = count - (count / 3);
            (await ann.CountAsync(room)).ShouldBe(rest);
            (await ann.CountMentionsAsync(room)).ShouldBe(rest);
        }

        // 35 blocks more, of three kinds; PostgreSQL keeps what a block was before until the transaction is over.
        costs[10_000].ShouldBeLessThan(costs[1_000] + (TestStore.IsPostgres ? 200 : 2_000));
    }

    [Fact]
    public async Task How_many_messages_of_rooms_are_recent_costs_the_same_whatever_their_past()
    {
        const long first = 3_000_000;
        const int recent = 300;
        var ann = await Server.SignUpAsync();
        var (store, now) = (Server.Service<Database>(), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        List<object?[]> rooms = [], heads = [], messages = [];
        for (var i = 0; i < 40; i++)
        {
            var (room, count) = (first + i, i % 2 == 0 ? 400 : 4000);
            var name = $"{(i % 2 == 0 ? "short" : "long")} {i}";
            rooms.Add([room, "group", name, name, "public", 1L, 1L, now]);
            heads.Add([room, (long)count, (long)count, now]);
            for (var seq = 1L; seq <= count; seq++)
                messages.Add([room, seq, seq, 0L, ann.Id, now - (seq > count - recent ? 300_000 : 3_000_000) + seq, "x"]);
        }

        await store.InsertAsync(
            "rooms", ["id", "kind", "name", "name_key", "visibility", "member_count", "created_at", "active_at"], rooms, Ct);
        await store.InsertAsync("room_heads", ["room_id", "last_seq", "messages", "last_at"], heads, Ct);
        await store.InsertAsync("messages", ["room_id", "seq", "number", "type", "sender_id", "at", "text"], messages, Ct);
        if (TestStore.IsPostgres)
        {
            const string analyze = "ANALYZE rooms, room_parts, room_heads, messages";
            await store.WriteAsync((transaction, ct) => transaction.ExecuteAsync(analyze, null, ct), Ct);
        }

        var page = await ann.Http.SendAsync("GET /api/rooms?q=long").Read<RoomPage>();
        page.Items.Select(x => x.RecentMessages).Distinct().ShouldBe([recent]);
        var (brief, full) = ((await CostAsync(ann, "/api/rooms?q=short")).Cost, (await CostAsync(ann, "/api/rooms?q=long")).Cost);
        TestContext.Current.TestOutputHelper?.WriteLine($"{brief} {full}");
        full.ShouldBeLessThan(brief * 5 / 4);
        full.ShouldBeLessThan(Most);
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    /// <summary>Of three messages of one person one is deleted, one mentions another person, and one mentions all.</summary>
    private async Task DeleteAndMentionAsync(long room, long to, long sender, int before, int count)
    {
        const long first = 100;     // the room's own entries are before
        var store = Server.Service<Database>();
        var numbers = Enumerable.Range(before + 1, count - before).Select(i => (long)i).ToArray();
        await store.InsertAsync("messages", ["room_id", "seq", "number", "type", "sender_id", "at", "text"],
            numbers.Select(i => (object?[])[room, first + i, i, 0L, sender, 1L, "@"]), Ct);
        await store.InsertAsync("mentions", ["room_id", "seq", "user_id", "number", "sender_id", "at", "entry_seq"],
            numbers.Where(i => i % 3 > 0).Select(i => (object?[])[room, first + i, i % 3 == 1 ? to : 0L, i, sender, 1L, first + i]), Ct);
        await store.WriteAsync(
            async (transaction, ct) =>
            {
                await transaction.ExecuteAsync(
                    "UPDATE messages SET deleted_at = 1 WHERE room_id = @room AND number > @before AND number % 3 = 0 AND type = 0",
                    new { room, before }, ct);
                await transaction.ExecuteAsync(
                    "UPDATE room_heads SET messages = @count, last_seq = @last WHERE room_id = @room",
                    new { room, count, last = first + count }, ct);
            },
            Ct);
        await Server.Service<OwnCounts>().CountAllAsync(Ct);
        if (TestStore.IsPostgres)
            await store.WriteAsync((transaction, ct) => transaction.ExecuteAsync("ANALYZE messages, mentions", null, ct), Ct);
    }

    /// <summary>Makes the store larger by some times its first size.</summary>
    private async Task GrowAsync(long home, long ann, int times, long poll, long asked)
    {
        var store = Server.Service<Database>();
        var (users, rooms) = (_users, _rooms);
        const long first = 1_000_000;
        const long far = 4_000_000_000_000;
        await store.InsertAsync("users", ["id", "handle", "name", "name_key", "created_at", "deleted_at"],
            Enumerable.Range(users, Users * times).Select(i => (object?[])(
                i % 4 == 0
                    ? [first + i, $"deleted:{first + i}", "deleted user", "", 1L, 2L]
                    : [first + i, $"{(i % 3 == 0 ? "zz" : "")}user{i}", Name(i), Name(i).ToLowerInvariant(), 1L, null])), Ct);
        await store.InsertAsync("rooms",
            ["id", "kind", "name", "name_key", "visibility", "member_count", "created_at", "active_at"],
            Enumerable.Range(rooms, Rooms * times).Select(i => (object?[])
                [first + i, "group", Room(i), Room(i).ToLowerInvariant(), i % 4 == 0 ? "private" : "public", i % 7L, i % 5L, i % 11L]), Ct);
        await store.InsertAsync("room_heads", ["room_id", "last_seq", "messages", "last_at"],
            Enumerable.Range(rooms, Rooms * times).Select(i => (object?[])[first + i, 0L, 0L, i % 11L]), Ct);
        await store.InsertAsync(
            "members",
            ["room_id", "user_id", "role", "joined_at", "join_seq", "join_number", "read_seq", "read_number"],
            Enumerable.Range(users, Users * times).Select(i => (object?[])
                [home, first + i, "member", 1L, 1L, 1L, 1L + (i % 3), 1L + (i % 3)]),
            Ct);
        await store.InsertAsync("bans", ["room_id", "user_id", "banned_by", "banned_at"],
            Enumerable.Range(users, Users * times).Select(i => (object?[])[home, first + i, first, 1L]), Ct);
        await store.InsertAsync(
            "invitations",
            ["room_id", "number", "code", "user_id", "made_at", "expires_at", "max_uses", "uses", "used_at"],
            Enumerable.Range(users, Users * times).Select(i => (object?[])
                [home, first + i, $"code{i}", i % 2 == 0 ? ann : first + 1, 1L, i % 3 == 0 ? 4_000_000_000_000 : null, 5L, 2L, 1L]), Ct);
        await store.InsertAsync("room_settings", ["user_id", "room_id", "notify", "hidden_number", "favourite"],
            Enumerable.Range(users, Users * times).Select(i => (object?[])
                [first + i, home, "all", i % 2 == 0 ? long.MaxValue : null, i % 2L]),
            Ct);
        await store.InsertAsync("poll_votes", ["room_id", "seq", "user_id", "option_id", "voted_seq", "at"],
            Enumerable.Range(users, Users * times).Select(i => (object?[])[home, poll, first + i, 1L + (i % 3), first + i, 1L]), Ct);
        await store.InsertAsync("scheduled", ["id", "user_id", "room_id", "at", "due_at", "text", "version"],
            Enumerable.Range(users, Users * times).Select(i => (object?[])
                [first + i, i % 2 == 0 ? ann : first + 1, home, far + (i / 10), far, "@", 1L]), Ct);
        await MentionAsync(store, home, ann, users, Users * times, asked);
        await KnowAsync(store, ann, users, Users * times);
        await store.WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(
                "UPDATE room_heads SET last_seq = @last WHERE room_id = @home", new { home, last = first + users + (Users * times) }, ct),
            Ct);
        if (TestStore.IsPostgres)
        {
            const string analyze =
                "ANALYZE users, rooms, user_parts, room_parts, room_heads, members, bans, messages, mentions, stars, room_settings, "
                + "invitations, poll_votes, contacts, blocks, pending_members, scheduled";
            await store.WriteAsync((transaction, ct) => transaction.ExecuteAsync(analyze, null, ct), Ct);
        }

        (_users, _rooms) = (users + (Users * times), rooms + (Rooms * times));

        // Rare ones are few, as many as a search reads whole, and none are added.
        static string Name(int i) => i < Users && i % 4 == 1 ? $"한글 User {i}" : $"User e{i}";

        static string Room(int i) => i < Rooms && i % 2 == 1 ? $"방 Room {i} rare" : $"Room e{i}";
    }

    /// <summary>
    /// In the room everybody mentions everybody: all members, Ann, or somebody else. Ann stars half of it, and half of it replies to one
    /// message.
    /// </summary>
    private static async Task MentionAsync(Database store, long home, long ann, int from, int count, long asked)
    {
        const long first = 1_000_000;
        await store.InsertAsync("messages", ["room_id", "seq", "number", "type", "sender_id", "at", "text", "reply_to", "replies"],
            Enumerable.Range(from, count).Select(i => (object?[])
                [home, first + i, first + i, 0L, first + i, At(i), "@", i % 2 == 0 ? asked : null, 0L]), Ct);
        await store.InsertAsync("mentions", ["room_id", "seq", "user_id", "number", "sender_id", "at", "entry_seq"],
            Enumerable.Range(from, count).Select(i => (object?[])
                [home, first + i, (i % 3) switch { 0 => 0L, 1 => ann, _ => first + 1 }, first + i, first + i, At(i), first + i]), Ct);
        await store.InsertAsync("stars", ["user_id", "room_id", "seq", "at"],
            Enumerable.Range(from, count).Select(i => (object?[])[i % 2 == 0 ? ann : first + 1, home, first + i, At(i)]), Ct);

        static long At(int i) => 4_000_000_000_000 + (i / 10);
    }

    /// <summary>Everybody is a contact of Ann's, or asked her, or blocks her and is blocked, or invited her to a room.</summary>
    private static async Task KnowAsync(Database store, long ann, int from, int count)
    {
        const long first = 1_000_000;
        var others = Enumerable.Range(from, count).ToArray();
        await store.InsertAsync("contacts", ["user_id", "other_id", "state", "at"],
            others.Select(i => (object?[])[ann, first + i, (i % 3) switch { 0 => "accepted", 1 => "outgoing", _ => "incoming" }, 1L]), Ct);
        await store.InsertAsync("contacts", ["user_id", "other_id", "state", "at"],
            others.Select(i => (object?[])[first + i, ann, "accepted", 1L]), Ct);
        await store.InsertAsync("blocks", ["user_id", "other_id", "at"], others.Select(i => (object?[])[ann, first + i, 1L]), Ct);
        await store.InsertAsync("blocks", ["user_id", "other_id", "at"], others.Select(i => (object?[])[first + i, ann, 1L]), Ct);
        await store.InsertAsync("pending_members", ["user_id", "room_id", "inviter_id", "at"],
            others.Where(i => i % 2 == 0).Select(i => (object?[])[ann, first + (i / 2), first + i, 1L]), Ct);
    }

    /// <summary>In the room one person mentions all, and nobody else says anything.</summary>
    private static async Task MentionAllAsync(Database store, long room, long sender, int from, int count)
    {
        const long at = 4_000_000_000_000;
        await store.InsertAsync("messages", ["room_id", "seq", "number", "type", "sender_id", "at", "text"],
            Enumerable.Range(from + 1, count).Select(i => (object?[])[room, (long)i, (long)i, 0L, sender, at + i, "@all"]), Ct);
        await store.InsertAsync("mentions", ["room_id", "seq", "user_id", "number", "sender_id", "at", "entry_seq"],
            Enumerable.Range(from + 1, count).Select(i => (object?[])[room, (long)i, 0L, (long)i, sender, at + i, (long)i]), Ct);
    }

    /// <summary>Returns what a page of 200 costs the store, and the next page.</summary>
    private async Task<(long Cost, string? Next)> CostAsync(Person person, string list)
    {
        _spy.Reads.Clear();
        var page = JsonElement.Parse(await person.Http.SendAsync($"GET {list}&limit=200").ShouldBe(200));
        var reads = _spy.Reads.ToArray();
        reads.Length.ShouldBeInRange(1, 4, list);
        var cost = 0L;
        foreach (var read in reads) cost += TestStore.IsPostgres ? await PagesAsync(read) : Steps(read);
        return (cost, page.TryGetProperty("next", out var next) ? next.GetString() : null);
    }

    /// <summary>Counts the instructions of SQLite's virtual machine.</summary>
    private long Steps(SpiedRead read)
    {
        using var connection = new SqliteConnection($"Data Source={Server.Folder}/maru.db;Pooling=False");
        connection.Open();
        SqliteFile.KeepPlans(connection.Handle);
        using var command = Command(connection, read);
        command.Prepare();
        var steps = 0L;
        raw.sqlite3_progress_handler(connection.Handle, 1, _ => (int)(steps++ & 0), null);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
        }

        return steps;
    }

    /// <summary>Counts the pages that PostgreSQL touches, with the settings of the server's own connections.</summary>
    private async Task<long> PagesAsync(SpiedRead read)
    {
        var explained = await _spy.Store.ListAsync<string>(
            $"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {read.Sql}", new Dictionary<string, object?>(read.Arguments), Ct);
        var plan = JsonElement.Parse(explained.Single())[0].GetProperty("Plan");
        return plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
    }

    private static DbCommand Command(DbConnection connection, SpiedRead read)
    {
        var command = connection.CreateCommand();
        command.CommandText = read.Sql;
        foreach (var (name, value) in read.Arguments)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}

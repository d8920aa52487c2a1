using Maru.Server.Features.Accounts;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>Lists of many, whose pages may be short: page by page they have everything once, in order.</summary>
public sealed class RoomDirectoryTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const int First = 1_000_000;
    private const int Many = 3000;      // every fourth matches, more than are few

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_order_has_all_rooms_that_match_once()
    {
        var store = server.Service<Database>();
        await store.InsertAsync(
            "rooms", ["id", "kind", "name", "name_key", "visibility", "member_count", "created_at", "active_at"],
            Enumerable.Range(0, Many).Select(i => (object?[])
                [(long)First + i, "group", Name(i), Name(i).ToLowerInvariant(), "public", i % 7L, i % 5L, i % 11L]),
            Ct);
        await store.InsertAsync(
            "room_heads", ["room_id", "last_seq", "messages", "last_at"],
            Enumerable.Range(0, Many).Select(i => (object?[])[(long)First + i, 0L, 0L, i % 11L]), Ct);
        var ann = await server.SignUpAsync();
        var odd = Enumerable.Range(0, Many).Where(i => i % 4 == 1).ToArray();
        var orders = new Dictionary<string, IEnumerable<int>>
        {
            ["activity"] = odd.OrderByDescending(i => i % 11).ThenByDescending(i => i),
            ["newest"] = odd.OrderByDescending(i => i % 5).ThenByDescending(i => i),
            ["members"] = odd.OrderByDescending(i => i % 7).ThenByDescending(i => i),
            ["name"] = odd.OrderBy(Name, StringComparer.OrdinalIgnoreCase),
        };
        foreach (var (sort, order) in orders)
        {
            List<Room> found = [];
            for (string? after = ""; after is not null;)
            {
                var path = $"/api/rooms?q=ODD%20%EB%B0%A9&sort={sort}&limit=200&after={after}";
                var page = await ann.Http.SendAsync($"GET {path}").Read<RoomPage>();
                page.Items.Count.ShouldBeLessThanOrEqualTo(200);
                found.AddRange(page.Items);
                after = page.Next;
            }

            found.Select(room => room.Id - First).ShouldBe(order.Select(i => (long)i), sort);
        }

        static string Name(int i) => i % 4 == 1 ? $"Odd 방 {i}" : $"Even {i}";
    }

    [Fact]
    public async Task Each_room_says_how_many_messages_of_the_last_ten_minutes_it_has()
    {
        const long first = 2 * First;
        var random = new Random(7);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        List<object?[]> rooms = [], heads = [], messages = [];
        Dictionary<long, long> expected = [];
        var ann = await server.SignUpAsync();
        for (var room = first; room < first + 120; room++)
        {
            // Messages, messages of the system, and entries that the history does not show; some of them long ago.
            var count = room - first < 10 ? (int)(room - first) : random.Next(1500);
            var old = random.Next(3) switch { 0 => 0, 1 => count, _ => random.Next(count + 1) };
            var (number, recent, at) = (0L, 0L, now);
            for (var seq = 1; seq <= count; seq++)
            {
                at = now - (seq <= old ? 1_200_000 : 300_000) + seq;
                var kind = random.Next(7);
                if (kind > 1) number++;
                if (kind > 1 && seq > old) recent++;
                if (kind > 0) messages.Add([room, (long)seq, number, kind > 1 ? 0L : 1L, ann.Id, at, "x"]);
            }

            rooms.Add([room, "group", $"Recent {room}", $"recent {room}", "public", 0L, 1L, at]);
            heads.Add([room, (long)count, number, at]);
            expected[room] = recent;
        }

        var store = server.Service<Database>();
        await store.InsertAsync(
            "rooms", ["id", "kind", "name", "name_key", "visibility", "member_count", "created_at", "active_at"], rooms, Ct);
        await store.InsertAsync("room_heads", ["room_id", "last_seq", "messages", "last_at"], heads, Ct);
        await store.InsertAsync("messages", ["room_id", "seq", "number", "type", "sender_id", "at", "text"], messages, Ct);
        var page = await ann.Http.SendAsync("GET /api/rooms?q=Recent&limit=200").Read<RoomPage>();
        page.Items.ToDictionary(x => x.Id, x => x.RecentMessages).ShouldBe(
            expected.ToDictionary(x => x.Key, x => (long?)x.Value), ignoreOrder: true);
    }

    [Theory]
    [InlineData("zz", 100)]         // many
    [InlineData("zz0003", 1)]       // few
    [InlineData("%EC%9D%80%EC%A7%80", 100)]
    public async Task The_directory_has_all_users_who_match_once_first_those_whose_handle_begins_so(string text, int limit)
    {
        var store = server.Service<Database>();
        if (await store.FirstAsync<long>($"SELECT count(*) FROM users WHERE id >= {First}", null, Ct) == 0)
            await store.InsertAsync(
                "users", ["id", "handle", "name", "name_key", "created_at", "deleted_at"],
                Enumerable.Range(0, Many).Select(i => (object?[])
                    [(long)First + i, Handle(i), Name(i), Name(i).ToLowerInvariant(), 1L, i % 3 == 0 ? 2L : null]),
                Ct);
        var ann = await server.SignUpAsync();
        var plain = Uri.UnescapeDataString(text);
        var match = Enumerable.Range(0, Many).Where(i => i % 3 != 0 && (Handle(i).Contains(plain) || Name(i).Contains(plain)));
        List<User> found = [];
        for (string? after = ""; after is not null;)
        {
            var page = await ann.Http.SendAsync($"GET /api/users?q={text}&limit={limit}&after={after}").Read<UserPage>();
            page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
            found.AddRange(page.Items);
            after = page.Next;
        }

        found.Select(user => user.Handle).ShouldBe(match.Select(Handle)
            .OrderBy(handle => !handle.StartsWith(plain, StringComparison.Ordinal)).ThenBy(handle => handle, StringComparer.Ordinal));

        static string Handle(int i) => i % 5 == 0 ? $"zz{i:d5}" : $"p{i:d5}";

        static string Name(int i) => i % 2 == 1 ? $"김은지 zz{i:d5}" : $"Other {i}";
    }
}

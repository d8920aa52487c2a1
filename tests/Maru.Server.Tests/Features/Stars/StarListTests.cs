using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Stars;

/// <summary>A person's stars over all of their rooms.</summary>
public sealed class StarListTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Stars_of_all_rooms_come_newest_star_first_page_by_page()
    {
        var (ann, rooms, said) = await TalkAsync(20);
        // One after the other, so the order of the stars is not that of the messages.
        var order = Enumerable.Range(0, 20).Select(i => i * 7 % 20).ToArray();
        foreach (var i in order) await ann.StarAsync(rooms[i % 3], said[i]);
        var all = await ann.AllStarsAsync();
        all.ShouldBe(order.Select(i => $"{rooms[i % 3].Id}-{said[i]}"), ignoreOrder: true);
        foreach (var limit in (int[])[1, 3, 7, 20]) (await ann.AllStarsAsync(limit)).ShouldBe(all);
        var items = (await ann.StarsAsync("limit=200")).Items;
        items.Select(x => x.At).ShouldBeInOrder(SortDirection.Descending);
        items.ShouldAllBe(x => x.Message.RoomId == x.RoomId && x.Message.Seq == x.Seq && x.Message.Starred == true);

        // Those of one millisecond are ordered by room and seq.
        var (room, seq) = (rooms[order[0] % 3], said[order[0]]);
        all[^1].ShouldBe($"{room.Id}-{seq}");
        await Deadline.Until(
            async () =>
            {
                await ann.UnstarAsync(room, seq);
                await ann.StarAsync(room, seq);
                return (await ann.AllStarsAsync())[0] == $"{room.Id}-{seq}";
            },
            "the star to be the newest");
    }

    [Fact]
    public async Task Whoever_pages_while_stars_come_and_go_sees_each_that_stays_once()
    {
        const int Count = 60;
        var (ann, rooms, said) = await TalkAsync(Count);
        var stays = Enumerable.Range(0, Count).Where(i => i % 2 == 0).ToArray();
        await Task.WhenAll(stays.Select(i => ann.StarAsync(rooms[i % 3], said[i])));
        var expected = stays.Select(i => $"{rooms[i % 3].Id}-{said[i]}").ToArray();
        var changes = Task.WhenAll(Enumerable.Range(0, Count).Except(stays).Select(async i =>
        {
            for (var round = 0; round < 3; round++)
            {
                await ann.StarAsync(rooms[i % 3], said[i]);
                if (round < 2 || i % 4 == 1) await ann.UnstarAsync(rooms[i % 3], said[i]);
            }
        }));
        do
        {
            var seen = await ann.AllStarsAsync(4);
            seen.Where(expected.Contains).ShouldBe(expected, ignoreOrder: true);
        }
        while (!changes.IsCompleted);
        await changes;
        var all = await ann.AllStarsAsync();
        all.ShouldBe(
            Enumerable.Range(0, Count).Where(i => i % 4 != 1).Select(i => $"{rooms[i % 3].Id}-{said[i]}"), ignoreOrder: true);
        (await ann.AllStarsAsync(1)).ShouldBe(all);
    }

    [Fact]
    public async Task A_message_that_is_deleted_while_many_star_it_keeps_no_star()
    {
        var ann = await server.SignUpAsync("ann");
        var people = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.SignUpAsync("ben")));
        var room = await ann.MakeRoomAsync(members: [.. people.Select(x => x.Id)]);
        var said = (await ann.SayAsync(room)).Seq;
        var stars = people.Select(async person =>
        {
            using var response = await person.Http.SendAsync($"PUT {Starring.Address(room, said)}");
            return (int)response.StatusCode;
        }).ToArray();
        await Task.WhenAny(stars);      // one is stored before the deletion, and some come with it or behind it
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said}").ShouldBe(204);
        (await Task.WhenAll(stars)).ShouldAllBe(x => x == 204 || x == 404);
        (await server.Service<Database>().FirstAsync<long>(
            "SELECT count(*) FROM stars WHERE room_id = @Id", new { room.Id }, TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    [Fact]
    public async Task Limit_and_cursor_are_checked_as_in_every_list()
    {
        var ann = await server.SignUpAsync("ann");
        await ann.MakeRoomAsync();
        await ann.MakeRoomAsync();
        foreach (var limit in (string[])["0", "-1", "01", "201", "x"])
            (await ann.Http.SendAsync($"GET /api/me/stars?limit={limit}").ShouldRefuseFields()).ShouldBe(["limit"]);
        (await ann.Http.SendAsync("GET /api/me/stars?after=x").ShouldRefuseFields()).ShouldBe(["after"]);
        var next = (await ann.Http.SendAsync("GET /api/me/rooms?limit=1").Read<RoomPage>()).Next;
        (await ann.Http.SendAsync($"GET /api/me/stars?after={next}").ShouldRefuseFields()).ShouldBe(["after"]);
        await server.Http.SendAsync("GET /api/me/stars").ShouldBe(401);
    }

    /// <summary>Ann in three rooms, and what she says in turn.</summary>
    private async Task<(Person Ann, Room[] Rooms, long[] Said)> TalkAsync(int count)
    {
        var ann = await server.SignUpAsync("ann");
        var (rooms, said) = (new Room[3], new long[count]);
        for (var i = 0; i < rooms.Length; i++) rooms[i] = await ann.MakeRoomAsync($"room {i}");
        for (var i = 0; i < count; i++) said[i] = (await ann.SayAsync(rooms[i % 3])).Seq;
        return (ann, rooms, said);
    }
}

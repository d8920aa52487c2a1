using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Features.Rooms;

public sealed class RoomListTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("activity", "30 10 20")]
    [InlineData("newest", "30 20 10")]
    [InlineData("members", "20 30 10")]
    [InlineData("name", "10 20 30")]
    public async Task Rooms_come_in_the_order_asked_for_page_by_page(string sort, string expected)
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var topic = $"T{ann.Id}";
        foreach (var name in new[] { 10, 20, 30 }) await ann.MakeRoomAsync($"{topic} {name}");
        var rooms = (await ann.Http.SendAsync($"GET /api/rooms?q={topic}&sort=name").Read<RoomPage>()).Items;
        await ben.JoinAsync(rooms[1]);
        await ann.SayAsync(rooms[0]);
        await ann.SayAsync(rooms[2]);

        List<Room> found = [];
        for (string? after = ""; after is not null;)
        {
            var page = await ben.Http.SendAsync($"GET /api/rooms?q={topic}&sort={sort}&limit=1&after={after}").Read<RoomPage>();
            found.AddRange(page.Items);
            after = page.Next;
        }

        string.Join(' ', found.Select(x => x.Name[(topic.Length + 1)..])).ShouldBe(expected);
        found.Select(x => x.Role).Where(x => x is not null).ShouldBe(["member"]);
    }

    [Theory]
    [InlineData("자바 %", true)]
    [InlineData("바 %_!", true)]
    [InlineData("CAFÉ", true)]
    [InlineData("자_", false)]
    [InlineData("%%", false)]
    public async Task Search_finds_any_part_of_a_name_in_any_case(string query, bool found)
    {
        var ann = await server.SignUpAsync();
        var topic = $"s{ann.Id}s";
        await ann.MakeRoomAsync($"{topic}자바 %_! Café{topic}");
        await ann.MakeRoomAsync("something else");
        var rooms = await ann.Http.SendAsync($"GET /api/rooms?q={Uri.EscapeDataString(query)}&sort=newest").Read<RoomPage>();
        rooms.Items.Any(x => x.Name.StartsWith(topic)).ShouldBe(found);
        rooms.Items.ShouldNotContain(x => x.Name == "something else");
    }

    [Fact]
    public async Task Private_direct_and_deleted_rooms_are_not_listed()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var topic = $"hidden{ann.Id}";
        await ann.MakeRoomAsync(topic, "private");
        await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).ShouldBe(201);
        var deleted = await ann.MakeRoomAsync(topic);
        await ann.Http.SendAsync($"DELETE /api/rooms/{deleted.Id}").ShouldBe(204);
        (await ann.Http.SendAsync($"GET /api/rooms?q={topic}").Read<RoomPage>()).Items.ShouldBeEmpty();
        (await ann.Http.SendAsync("GET /api/rooms").Read<RoomPage>()).Items.ShouldAllBe(x => x.Kind == "group" && x.Visibility == "public");
    }

    [Fact]
    public async Task Own_rooms_come_by_activity_with_the_last_message()
    {
        // What happens within one millisecond comes in the order of the rooms.
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null);
        var (ann, ben) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"));
        var rooms = new List<Room>();
        for (var i = 0; i < 5; i++) rooms.Add(await ann.MakeRoomAsync($"{i}", "private", null, ben.Id));
        time.Advance(1);
        await ben.SayAsync(rooms[1], "first");
        time.Advance(1);
        await ben.SayAsync(rooms[3], "second");
        time.Advance(1);
        await ann.SayAsync(rooms[1], "third");
        await ann.Http.SendAsync($"PATCH /api/rooms/{rooms[1].Id}/messages/2", new { text = "third!" }).ShouldBe(200);

        List<Room> found = [];
        for (string? after = ""; after is not null;)
        {
            var page = await ann.Http.SendAsync($"GET /api/me/rooms?limit=2&after={after}").Read<RoomPage>();
            found.AddRange(page.Items);
            after = page.Next;
        }

        found.Select(x => x.Name).ShouldBe(["1", "3", "4", "2", "0"]);
        found.ShouldAllBe(x => x.Role == "owner" && x.MemberCount == 2);
        found[0].LastSeq.ShouldBe(3);
        found[0].LastMessage!.Text.ShouldBe("third!");
        found[1].LastMessage!.Sender.ShouldBe(ben.User);
        found[2].LastMessage.ShouldBeNull();
    }

    [Fact]
    public async Task Bad_questions_are_named()
    {
        var ann = await server.SignUpAsync();
        (await ann.Http.SendAsync("GET /api/rooms?sort=best&after=!").ShouldRefuseFields()).ShouldBe(["after", "sort"]);
        (await ann.Http.SendAsync("GET /api/me/rooms?after=abc").ShouldRefuseFields()).ShouldBe(["after"]);
        // The cursor of an order by name.
        (await ann.Http.SendAsync("GET /api/rooms?sort=members&after=MTphYmM").ShouldRefuseFields()).ShouldBe(["after"]);
        (await ann.Http.SendAsync("GET /api/me/rooms?after=MTphYmM").ShouldRefuseFields()).ShouldBe(["after"]);
    }
}

using Maru.Server.Features.Mentions;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Mentions;

/// <summary>A person's mentions over all of their rooms.</summary>
public sealed class MentionListTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Mentions_of_all_rooms_come_newest_first_page_by_page_with_their_messages()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var rooms = new Room[3];
        for (var i = 0; i < rooms.Length; i++) rooms[i] = await ann.MakeRoomAsync($"room {i}", members: ben.Id);
        List<string> expected = [];
        for (var i = 0; i < 20; i++)
        {
            var (room, text) = (rooms[i * 7 % 3], i % 3 == 0 ? $"@all {i}" : $"{i} @{ben.Handle} @{ben.Handle}");
            expected.Add($"{room.Id} {(await ann.SayAsync(room, text)).Seq} {text}");
            await ann.SayAsync(room, "nobody");
            await ben.SayAsync(room, $"@{ben.Handle} @{ann.Handle}");
        }

        // Messages of one millisecond are ordered by room.
        foreach (var limit in (int[])[1, 3, 7, 200]) (await AllAsync(ben, limit)).ShouldBe(await AllAsync(ben, 200));
        (await AllAsync(ben, 3)).Order().ShouldBe(expected.Order());
        var page = await ben.MentionsAsync("limit=200");
        page.Items.Select(x => x.Message.At).ShouldBeInOrder(SortDirection.Descending);
        page.Items.ShouldAllBe(x => x.Message.RoomId == x.RoomId && x.Message.Seq == x.Seq && x.Message.Mentions!.Count > 0);
        (await ann.MentionsAsync("limit=200")).Items.Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_mention_is_unread_until_the_position_is_behind_it()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        var first = await ann.SayAsync(room, $"@{ben.Handle}");
        await ann.SayAsync(room, "@all");
        (await ben.MentionsAsync()).Items.Select(x => x.Unread).ShouldBe([true, true]);
        await ben.ReadAsync(room, first.Seq);
        (await ben.MentionsAsync()).Items.Select(x => x.Unread).ShouldBe([true, false]);
        await ann.DeleteAsync(room, first.Seq);
        (await ben.MentionsAsync()).Items.Select(x => x.Unread).ShouldBe([true]);
    }

    [Fact]
    public async Task Rooms_that_one_has_left_or_is_banned_from_are_gone_and_mentions_of_before_do_not_come_back()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var (left, banned) = (await ann.MakeRoomAsync(members: ben.Id), await ann.MakeRoomAsync(members: ben.Id));
        foreach (var room in (Room[])[left, banned])
        {
            await ann.SayAsync(room, $"@{ben.Handle}");
            await ann.SayAsync(room, "@all");
        }

        (await ben.MentionsAsync()).Items.Count.ShouldBe(4);
        await ben.Http.SendAsync($"POST /api/rooms/{left.Id}/leave").ShouldBe(204);
        (await ben.MentionsAsync()).Items.Select(x => x.RoomId).ShouldBe([banned.Id, banned.Id]);
        await ann.Http.SendAsync($"DELETE /api/rooms/{banned.Id}/members/{ben.Id}?ban=true").ShouldBe(204);
        (await ben.MentionsAsync()).Items.ShouldBeEmpty();
        await ben.JoinAsync(left);
        (await ben.MentionsAsync()).Items.ShouldBeEmpty();
        var said = await ann.SayAsync(left, "@all");
        (await ben.MentionsAsync()).Items.Select(x => x.Seq).ShouldBe([said.Seq]);
    }

    [Fact]
    public async Task Own_mentions_of_all_are_left_out_however_many_they_are()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var (loud, other) = (await ann.MakeRoomAsync(members: ben.Id), await ben.MakeRoomAsync(members: ann.Id));
        List<string> expected = [];
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        for (var round = 0; round < 3; round++)
        {
            expected.Add($"{loud.Id} {(await ben.SayAsync(loud, $"@{ann.Handle}")).Seq} @{ann.Handle}");
            for (var i = 1; i < 300; i++) await socket.SayAsync(loud.Id, "@all");
            await socket.ReceiptAsync(await socket.SayAsync(loud.Id, "@all"));
            expected.Add($"{other.Id} {(await ben.SayAsync(other, "@all")).Seq} @all");
        }

        foreach (var limit in (int[])[1, 4, 100]) (await AllAsync(ann, limit)).ShouldBe(expected, ignoreOrder: true);
        (await ann.MentionsAsync("limit=5")).Items.Count.ShouldBe(1, "the page looks at no more");
        (await ben.MentionsAsync("limit=5")).Items.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Limit_and_cursor_are_checked_as_in_every_list()
    {
        var ann = await server.SignUpAsync("ann");
        await ann.MakeRoomAsync();
        var other = await ann.MakeRoomAsync();
        foreach (var limit in (string[])["0", "-1", "01", "201", "x"])
            (await ann.Http.SendAsync($"GET /api/me/mentions?limit={limit}").ShouldRefuseFields()).ShouldBe(["limit"]);
        (await ann.Http.SendAsync("GET /api/me/mentions?after=x").ShouldRefuseFields()).ShouldBe(["after"]);
        var next = (await ann.Http.SendAsync("GET /api/me/rooms?limit=1").Read<Maru.Server.Features.Rooms.RoomPage>()).Next;
        next.ShouldNotBeNull();
        (await ann.Http.SendAsync($"GET /api/me/mentions?after={next}").ShouldRefuseFields()).ShouldBe(["after"]);
        other.Id.ShouldBeGreaterThan(0);
        await server.Http.SendAsync("GET /api/me/mentions").ShouldBe(401);
    }

    private static async Task<IReadOnlyList<string>> AllAsync(Person person, int limit)
    {
        List<string> all = [];
        for (MentionPage? page = null; page is null || page.Next is not null;)
        {
            page = await person.MentionsAsync(page is null ? $"limit={limit}" : $"limit={limit}&after={page.Next}");
            page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
            all.AddRange(page.Items.Select(x => $"{x.RoomId} {x.Seq} {x.Message.Text}"));
        }

        return all;
    }
}

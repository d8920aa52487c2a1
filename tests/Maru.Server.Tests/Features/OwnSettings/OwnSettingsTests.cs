using Maru.Engine.Problems;
using Maru.Server.Features.OwnSettings;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.OwnSettings;

/// <summary>What members set for themselves in a room: who sees it, what it does, and when it goes.</summary>
public sealed class OwnSettingsTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Settings_are_kept_field_by_field_and_seen_by_their_person_alone()
    {
        var (ann, ben, room) = await PairAsync();
        (await ben.SeeAsync(room)).Settings.ShouldBeNull();
        var until = DateTimeOffset.UtcNow.AddHours(1);
        until = new DateTimeOffset(until.Ticks - (until.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        (await ben.SetAsync(room, new { notify = "mentions" })).ShouldBe(new RoomSettings("mentions", false, false));
        (await ben.SetAsync(room, new { favourite = true })).ShouldBe(new RoomSettings("mentions", false, true));
        (await ben.SetAsync(room, new { muteUntil = until })).ShouldBe(new RoomSettings("mentions", false, true, until));
        var all = await ben.SetAsync(room, new { hidden = true });
        all.ShouldBe(new RoomSettings("mentions", true, true, until));
        (await ben.SetAsync(room, new { })).ShouldBe(all);
        (await ben.SeeAsync(room)).Settings.ShouldBe(all);
        (await ben.MineAsync("hidden=true")).ShouldHaveSingleItem().Settings.ShouldBe(all);
        (await ben.SetAsync(room, new { muteUntil = (string?)null })).ShouldBe(all with { MuteUntil = null });
        (await ben.SetAsync(room, new { muteUntil = "2020-01-01T00:00:00Z" })).MuteUntil.ShouldBeNull();

        (await ann.SeeAsync(room)).Settings.ShouldBeNull();
        (await ann.MineAsync()).ShouldHaveSingleItem().Settings.ShouldBeNull();
        var changed = await ann.ChangeAsync(room, new { topic = "news" });
        changed.Settings.ShouldBeNull();
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").ShouldBe(200)).ShouldNotContain("favourite");

        (await ben.SetAsync(room, new { notify = "all", favourite = false, hidden = false }))
            .ShouldBe(new RoomSettings("all", false, false));
        (await ben.SeeAsync(room)).Settings.ShouldBeNull();
        (await RowsAsync(room)).ShouldBe(0);
    }

    [Fact]
    public async Task A_hidden_room_shows_again_with_the_next_message_and_with_nothing_less()
    {
        var (ann, ben, room) = await PairAsync();
        var other = await ben.MakeRoomAsync("other");
        var said = await ann.SayAsync(room);
        await ben.SetAsync(room, new { hidden = true });
        (await ben.ListAsync()).ShouldBe([other.Id]);
        (await ben.ListAsync("hidden=true")).ShouldBe([room.Id]);
        (await ann.ListAsync()).ShouldBe([room.Id]);
        await ann.Http.SendAsync($"PUT /api/rooms/{room.Id}/messages/{said.Seq}/reactions/👍").ShouldBe(204);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said.Seq}", new { text = "edited" }).ShouldBe(200);
        await ann.ChangeAsync(room, new { topic = "new" });
        (await ben.SetAsync(room, new { notify = "mentions" })).Hidden.ShouldBeTrue();
        (await ben.ListAsync()).ShouldBe([other.Id]);
        (await ben.Http.SendAsync("GET /api/me/unread").Read<Maru.Server.Features.ReadState.UnreadTotal>()).Unread.ShouldBe(1);
        await ann.SayAsync(room);
        (await ben.ListAsync()).ShouldBe([room.Id, other.Id]);
        (await ben.ListAsync("hidden=true")).ShouldBeEmpty();
        (await ben.SeeAsync(room)).Settings.ShouldBe(new RoomSettings("mentions", false, false));

        await ben.SetAsync(room, new { hidden = true });
        (await ben.ListAsync()).ShouldBe([other.Id]);
        (await ben.SetAsync(room, new { hidden = false })).Hidden.ShouldBeFalse();
        (await ben.ListAsync()).ShouldBe([room.Id, other.Id]);
    }

    [Fact]
    public async Task Favourites_are_a_list_of_their_own_page_by_page()
    {
        var ann = await server.SignUpAsync();
        var rooms = new List<Room>();
        for (var i = 0; i < 9; i++) rooms.Add(await ann.MakeRoomAsync($"{i}"));
        foreach (var i in (int[])[1, 4, 5, 8]) await ann.SetAsync(rooms[i], new { favourite = true });
        await ann.SetAsync(rooms[4], new { hidden = true });
        await ann.SetAsync(rooms[6], new { hidden = true });
        List<long> found = [];
        for (string? after = ""; after is not null;)
        {
            var page = await ann.Http.SendAsync($"GET /api/me/rooms?favourite=true&limit=1&after={after}").Read<RoomPage>();
            found.AddRange(page.Items.Select(x => x.Id));
            after = page.Next;
        }

        found.ShouldBe(rooms.Where((_, i) => i is 1 or 5 or 8).Select(x => x.Id), ignoreOrder: true);
        (await ann.ListAsync("favourite=true&hidden=true")).ShouldBe([rooms[4].Id]);
        (await ann.ListAsync("hidden=true")).ShouldBe([rooms[4].Id, rooms[6].Id], ignoreOrder: true);
        (await ann.ListAsync()).Length.ShouldBe(7);
        (await ann.Http.SendAsync("GET /api/me/rooms?hidden=1&favourite=").ShouldRefuseFields()).ShouldBe(["hidden", "favourite"]);
    }

    [Fact]
    public async Task Settings_go_with_the_membership_and_with_the_room()
    {
        var (ann, ben, room) = await PairAsync();
        await ben.SetAsync(room, new { notify = "nothing", hidden = true });
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        (await RowsAsync(room)).ShouldBe(0);
        await ben.JoinAsync(room);
        (await ben.SeeAsync(room)).Settings.ShouldBeNull();
        await ben.SetAsync(room, new { favourite = true });
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}").ShouldBe(204);
        (await RowsAsync(room)).ShouldBe(0);
        await ann.SetAsync(room, new { favourite = true });
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        (await RowsAsync(room)).ShouldBe(0);
        await ann.Http.SendAsync($"PATCH /api/me/rooms/{room.Id}", new { favourite = true }).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task Settings_that_come_while_their_person_leaves_never_stay()
    {
        var (_, ben, room) = await PairAsync();
        for (var i = 0; i < 10; i++)
        {
            await Task.WhenAll(
                ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204),
                ChangeAsync(),
                ChangeAsync());
            (await RowsAsync(room)).ShouldBe(0);
            await ben.JoinAsync(room);
        }

        async Task ChangeAsync()
        {
            using var response = await ben.Http.SendAsync($"PATCH /api/me/rooms/{room.Id}", new { favourite = true });
            ((int)response.StatusCode).ShouldBeOneOf(200, 404);
        }
    }

    [Fact]
    public async Task Bad_fields_are_named_and_only_a_member_sets_anything()
    {
        var (ann, ben, room) = await PairAsync();
        var stranger = await server.SignUpAsync("eve");
        (await ben.Http.SendAsync($"PATCH /api/me/rooms/{room.Id}", new { notify = "some" }).ShouldRefuseFields()).ShouldBe(["notify"]);
        await ben.Http.SendAsync($"PATCH /api/me/rooms/{room.Id}", new { muteUntil = "soon" }).ShouldRefuse(Problem.Malformed);
        await stranger.Http.SendAsync($"PATCH /api/me/rooms/{room.Id}", new { favourite = true }).ShouldRefuse(Problem.NotFound);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(room.LastSeq);
        (await RowsAsync(room)).ShouldBe(0);
    }

    private Task<long> RowsAsync(Room room) => server.Service<Database>().FirstAsync<long>(
        "SELECT count(*) FROM room_settings WHERE room_id = @Id", new { room.Id }, TestContext.Current.CancellationToken);

    private async Task<(Person Ann, Person Ben, Room Room)> PairAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}

using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>The topic, the picture and who may write: what is kept, who sees it and who is told.</summary>
public sealed class RoomSettingsTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Settings_are_seen_wherever_the_room_is_and_told_once()
    {
        var (ann, ben, stranger) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync($"about {Guid.NewGuid():N}", members: ben.Id);
        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        var set = new { topic = "  ships \n and   tides ", avatarUrl = "https://example.org/a.png", slowMode = 30, readOnly = true };
        var changed = await ann.ChangeAsync(room, set);
        changed.ShouldBe(room with
        {
            Topic = "ships and tides",
            AvatarUrl = "https://example.org/a.png",
            SlowMode = 30,
            ReadOnly = true,
            LastSeq = 1,
        });
        await ann.ChangeAsync(room, set);
        var told = await socket.EventAsync("room.changed");
        told.Seq.ShouldBe(1);
        var state = told.Json.GetProperty("room");
        (state.GetProperty("topic").GetString(), state.GetProperty("avatarUrl").GetString()).ShouldBe((changed.Topic, changed.AvatarUrl));
        (state.GetProperty("slowMode").GetInt32(), state.GetProperty("readOnly").GetBoolean()).ShouldBe((30, true));
        (await ben.SeeAsync(room)).ShouldBe(changed with { Role = "member" });
        (await stranger.SeeAsync(room)).ShouldBe(changed with { Role = null });
        (await stranger.Http.SendAsync($"GET /api/rooms?q={room.Name}").Read<RoomPage>()).Items
            .ShouldBe([changed with { Role = null, RecentMessages = 0 }]);
        var mine = (await ben.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.ShouldHaveSingleItem();
        (mine.Topic, mine.AvatarUrl, mine.SlowMode, mine.ReadOnly)
            .ShouldBe((changed.Topic, changed.AvatarUrl, changed.SlowMode, changed.ReadOnly));

        // An absent field stays; what is taken off is absent.
        (await ann.ChangeAsync(room, new { name = "other" })).ShouldBe(changed with { Name = "other", LastSeq = 2 });
        var bare = await ann.ChangeAsync(room, new { topic = (string?)null, avatarUrl = (string?)null, slowMode = 0, readOnly = false });
        bare.ShouldBe(room with { Name = "other", LastSeq = 3 });
        (await ben.Http.SendAsync("GET /api/me/rooms").ShouldBe(200)).ShouldNotContain("slowMode");
        (await socket.EventAsync("room.changed")).Seq.ShouldBe(2);
        (await socket.EventAsync("room.changed")).Text.ShouldNotContain("readOnly");
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(3);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Every_bad_setting_is_named_and_changes_nothing()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        foreach (var (slowMode, avatarUrl) in new[] { (-1, "javascript:alert(1)"), (21601, "http://example.org/a.png") })
        {
            (await ann.Http.SendAsync(
                $"PATCH /api/rooms/{room.Id}", new { topic = new string('x', 251), slowMode, avatarUrl, name = "other" })
                .ShouldRefuseFields()).ShouldBe(["topic", "avatarUrl", "slowMode"]);
        }

        (await ann.SeeAsync(room)).ShouldBe(room);
        var most = await ann.ChangeAsync(room, new { topic = new string('한', 250), slowMode = 21600 });
        (most.Topic!.Length, most.SlowMode).ShouldBe((250, 21600));
    }

    [Fact]
    public async Task Members_and_the_people_of_a_direct_room_change_none_of_it()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        object[] changes =
            [new { topic = "x" }, new { slowMode = 1 }, new { readOnly = true }, new { avatarUrl = "https://example.org/a.png" }];
        foreach (var change in changes)
            await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}", change).ShouldRefuse(Problem.Forbidden);
        await ben.Http.SendAsync("PATCH /api/me", new { avatarUrl = "https://example.org/ben.png" }).ShouldBe(200);
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        direct.AvatarUrl.ShouldBe("https://example.org/ben.png");
        foreach (var change in changes)
            await ann.Http.SendAsync($"PATCH /api/rooms/{direct.Id}", change).ShouldRefuse(Problem.DirectRoom);
        (await ann.SeeAsync(direct)).ShouldBe(direct);
        (await ann.SeeAsync(room)).ShouldBe(room);
    }
}

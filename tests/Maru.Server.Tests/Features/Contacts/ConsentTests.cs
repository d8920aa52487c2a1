using System.Text.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Contacts;

/// <summary>Whom people let bring them into rooms, and open direct rooms with them.</summary>
public sealed class ConsentTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task The_settings_are_everyones_own_and_everyone_at_first()
    {
        var ann = await server.SignUpAsync("ann");
        var profile = await ann.Http.SendAsync("GET /api/me").Read<Profile>();
        (profile.WhoMayAdd, profile.WhoMayWrite, profile.FindByEmail).ShouldBe(("everyone", "everyone", false));
        await ann.SetAsync(new { whoMayAdd = "contacts", whoMayWrite = "nobody", findByEmail = true });
        await ann.SetAsync(new { statusMessage = "at sea" });
        profile = await ann.Http.SendAsync("GET /api/me").Read<Profile>();
        (profile.WhoMayAdd, profile.WhoMayWrite, profile.FindByEmail).ShouldBe(("contacts", "nobody", true));
        (await ann.Http.SendAsync("PATCH /api/me", new { whoMayAdd = "friends", whoMayWrite = "" }).ShouldRefuseFields())
            .ShouldBe(["whoMayAdd", "whoMayWrite"]);
    }

    [Fact]
    public async Task Direct_rooms_are_opened_by_those_whom_one_lets_write_and_stay_when_that_changes()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        await ann.SetAsync(new { whoMayWrite = "contacts" });
        await ben.OpenAsync(ann).ShouldNotWriteAsync();
        await ben.AskAsync(ann).ShouldBe(201);
        await ben.OpenAsync(ann).ShouldNotWriteAsync();     // a request is no contact
        await ann.AskAsync(ben).ShouldBe(200);
        var room = await ben.DirectAsync(ann);
        await ann.SetAsync(new { whoMayWrite = "nobody" });
        await cat.MeetAsync(ann);
        await cat.OpenAsync(ann).ShouldNotWriteAsync();
        (await ben.OpenAsync(ann).Read<Room>()).Id.ShouldBe(room.Id);
        await ben.SayAsync(room);
        await ann.DirectAsync(cat);     // her own choice
        await cat.OpenAsync(ann).ShouldBe(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stranger_invites_who_wants_to_be_asked_first_and_a_contact_brings_them_in(bool atOnce)
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        await ann.SetAsync(new { whoMayAdd = "contacts" });
        await using var hers = await ann.ListenAsync();
        var room = await ben.MakeRoomAsync("harbour", "private", null, atOnce ? [ann.Id] : []);
        if (!atOnce) await ben.InviteAsync(room, ann.Id).ShouldBe(204);
        (await ben.MembersAsync(room)).Select(x => x.Id).ShouldBe([ben.Id]);
        (await ben.SeeAsync(room)).MemberCount.ShouldBe(1);
        await ann.Http.SendAsync($"GET /api/rooms/{room.Id}").ShouldRefuse(Problem.NotFound);
        var told = (await hers.EventAsync("invitation.changed")).Json;
        (told.GetProperty("roomId").GetInt64(), told.GetProperty("state").GetString()).ShouldBe((room.Id, "pending"));
        told.GetProperty("invitation").GetProperty("room").GetProperty("name").GetString().ShouldBe("harbour");
        var invitation = (await ann.InvitationsAsync()).ShouldHaveSingleItem();
        invitation.Room.ShouldBe(new InvitingRoom(room.Id, "harbour", "", 1));
        invitation.Inviter.ShouldBe(ben.User);
        using var page = JsonDocument.Parse(await ann.Http.SendAsync("GET /api/me/invitations").ShouldBe(200));
        told.GetProperty("invitation").GetRawText().ShouldBe(page.RootElement.GetProperty("items")[0].GetRawText());
        await ben.InviteAsync(room, ann.Id).ShouldBe(204);     // once

        (await ann.Http.SendAsync($"POST /api/me/invitations/{room.Id}/accept").Read<Room>()).Role.ShouldBe("member");
        (await hers.EventAsync("invitation.changed")).Json.GetProperty("state").ValueKind.ShouldBe(JsonValueKind.Null);
        await hers.EventAsync("room.added");
        (await ann.InvitationsAsync()).ShouldBeEmpty();
        await ann.Http.SendAsync($"POST /api/me/invitations/{room.Id}/accept").ShouldRefuse(Problem.NotFound);
        await ann.SayAsync(room);

        await ben.MeetAsync(ann);
        var other = await ben.MakeRoomAsync("other", "private", null, atOnce ? [ann.Id] : []);
        if (!atOnce) await ben.InviteAsync(other, ann.Id).ShouldBe(204);
        (await ben.MembersAsync(other)).Count.ShouldBe(2);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Who_declines_is_not_invited_again_by_members_and_once_by_those_who_lead()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        await ann.SetAsync(new { whoMayAdd = "contacts" });
        var room = await ben.MakeRoomAsync(members: cat.Id);
        await cat.InviteAsync(room, ann.Id).ShouldBe(204);
        await ann.Http.SendAsync($"DELETE /api/me/invitations/{room.Id}").ShouldBe(204);
        await ann.Http.SendAsync($"DELETE /api/me/invitations/{room.Id}").ShouldRefuse(Problem.NotFound);
        (await cat.InviteAsync(room, ann.Id).ShouldRefuseFields()).ShouldBe(["userIds"]);
        await ben.InviteAsync(room, ann.Id).ShouldBe(204);
        await ann.Http.SendAsync($"DELETE /api/me/invitations/{room.Id}").ShouldBe(204);
        (await ben.InviteAsync(room, ann.Id).ShouldRefuseFields()).ShouldBe(["userIds"]);
        await ann.JoinAsync(room);     // her own choice
    }

    [Fact]
    public async Task Invitations_end_with_the_room_with_a_ban_and_when_one_comes_by_oneself_and_are_bounded()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Contacts:InvitationsToUser=3");
        var (ann, ben) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"));
        await ann.SetAsync(new { whoMayAdd = "contacts" });
        var rooms = new Room[4];
        for (var i = 0; i < 4; i++) rooms[i] = await ben.MakeRoomAsync($"room {i}");
        for (var i = 0; i < 3; i++) await ben.InviteAsync(rooms[i], ann.Id).ShouldBe(204);
        await ben.InviteAsync(rooms[3], ann.Id).ShouldRefuse(Problem.TooManyPending);
        await ben.Http.SendAsync("POST /api/rooms", new { name = "x", visibility = "private", members = new[] { ann.Id } })
            .ShouldRefuse(Problem.TooManyPending);
        (await ann.InvitationsAsync()).Select(x => x.Room.Id).ShouldBe(rooms[..3].Select(x => x.Id));
        await ben.Http.SendAsync($"DELETE /api/rooms/{rooms[0].Id}").ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{rooms[1].Id}/members/{ann.Id}?ban=true").ShouldBe(204);
        await ann.JoinAsync(rooms[2]);
        (await ann.InvitationsAsync()).ShouldBeEmpty();
        await own.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Nobody_brings_in_who_lets_nobody()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        await ben.MeetAsync(ann);
        await ann.SetAsync(new { whoMayAdd = "nobody" });
        var room = await ben.MakeRoomAsync();
        (await ben.InviteAsync(room, ann.Id).ShouldRefuseFields()).ShouldBe(["userIds"]);
        (await ben.Http.SendAsync("POST /api/rooms", new { name = "x", visibility = "private", members = new[] { ann.Id } })
            .ShouldRefuseFields()).ShouldBe(["members"]);
        (await ann.InvitationsAsync()).ShouldBeEmpty();
        await ann.JoinAsync(room);
    }
}

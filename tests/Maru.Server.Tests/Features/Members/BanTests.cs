using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Members;

public sealed class BanTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Who_is_banned_is_out_at_once_and_finds_every_way_in_closed()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id, cat.Id);
        var link = await cat.InviteAsync(room);
        await ann.BanAsync(room, ben, "advertising").ShouldBe(204);
        await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "?" }).ShouldRefuse(Problem.NotFound);

        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.Banned);
        await ben.AcceptAsync(link).ShouldRefuse(Problem.NotFound);
        foreach (var actor in (Person[])[ann, cat])
            (await actor.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { ben.Id } }).ShouldRefuseFields())
                .ShouldBe(["userIds"]);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = "secret" }).ShouldBe(200);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "secret" }).ShouldRefuse(Problem.Banned);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { visibility = "private" }).ShouldBe(200);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "secret" }).ShouldRefuse(Problem.NotFound);
        (await ann.MembersAsync(room)).Select(x => x.Id).ShouldBe([ann.Id, cat.Id]);

        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/bans/{ben.Id}").ShouldBe(204);
        await ben.AcceptAsync(await ann.InviteAsync(room)).ShouldBe(200);
        await server.ShouldCountUsesAsync();
    }

    [Theory]
    [InlineData("PUT bans")]
    [InlineData("DELETE members")]
    public async Task A_ban_of_a_member_stands_in_the_log_once_with_who_did_it_live_and_again(string how)
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        await using var hers = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await hers.SubscribeAsync(room.Id);
        var line = how == "PUT bans" ? $"PUT /api/rooms/{room.Id}/bans/{ben.Id}" : $"DELETE /api/rooms/{room.Id}/members/{ben.Id}?ban=true";
        for (var i = 0; i < 3; i++) await ann.Http.SendAsync(line).ShouldBe(204);

        var live = await hers.EventAsync("member.left");
        live.Json.GetProperty("banned").GetBoolean().ShouldBeTrue();
        live.Json.GetProperty("user").GetProperty("id").GetInt64().ShouldBe(ben.Id);
        live.Json.GetProperty("message").GetProperty("sender").GetProperty("id").GetInt64().ShouldBe(ann.Id);
        var entry = (await ann.HistoryAsync(room)).Single();
        (entry.Event, entry.Sender, entry.Subject, entry.Banned).ShouldBe(("member.left", ann.User, ben.User, true));
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(1);

        // From the store: the node forgets the room with its last subscriber.
        await hers.DisposeAsync();
        await server.RestartAsync();
        var again = await server.SignInAsync(ann.Handle);
        await using var late = await StompSocket.ConnectAsync(server.Address, again.AccessToken);
        await late.SubscribeAsync(room.Id, after: 0);
        (await late.EventAsync("member.left")).Text.ShouldBe(live.Text);
    }

    [Fact]
    public async Task Who_is_taken_out_without_a_ban_is_not_told_as_banned()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id, cat.Id);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}").ShouldBe(204);
        await cat.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        var page = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").ShouldBe(200);
        page.ShouldNotContain("banned");
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").Read<MessagePage>()).Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_ban_of_a_stranger_works_and_is_told_to_owner_and_admins_alone()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "public", null, cat.Id);
        await ann.BanAsync(room, ben, " a reason \n of two lines ").ShouldBe(204);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(0);
        await ann.BanAsync(room, ben).ShouldBe(204);        // tells no other reason
        var ban = (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/bans").Read<BanPage>()).Items.Single();
        (ban.Id, ban.BannedBy, ban.Reason).ShouldBe((ben.Id, ann.Id, "a reason \n of two lines"));
        await ann.BanAsync(room, ben, "another").ShouldBe(204);
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/bans").Read<BanPage>()).Items.Single()
            .ShouldBe(ban with { Reason = "another" });
        await cat.Http.SendAsync($"GET /api/rooms/{room.Id}/bans").ShouldRefuse(Problem.Forbidden);
        await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/bans").ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task Nobody_bans_whom_they_do_not_rank_above()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var (dan, eve) = (await server.SignUpAsync("dan"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id, cat.Id, dan.Id);
        foreach (var admin in (Person[])[ben, cat]) await ann.PromoteAsync(room, admin);
        foreach (var (actor, user) in ((Person, Person)[])[(ben, ann), (ben, cat), (ben, ben), (ann, ann), (dan, eve), (dan, ben)])
            await actor.BanAsync(room, user).ShouldRefuse(Problem.Forbidden);
        await eve.BanAsync(room, dan).ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"PUT /api/rooms/{room.Id}/bans/987654321").ShouldRefuse(Problem.NotFound);
        (await ann.Http.SendAsync($"PUT /api/rooms/{room.Id}/bans/{dan.Id}", new { reason = new string('x', 501) }).ShouldRefuseFields())
            .ShouldBe(["reason"]);
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        await ann.BanAsync(direct, ben).ShouldRefuse(Problem.DirectRoom);
        await ben.BanAsync(room, dan).ShouldBe(204);
        await ann.BanAsync(room, cat).ShouldBe(204);
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/bans").Read<BanPage>()).Items.Select(x => x.Id).ShouldBe([cat.Id, dan.Id]);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_room_has_a_bounded_number_of_bans()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Rooms:BansPerRoom=2");
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => own.SignUpAsync("ben")));
        var room = await people[0].MakeRoomAsync(members: people[3].Id);
        foreach (var one in people[1..3]) await people[0].BanAsync(room, one).ShouldBe(204);
        await people[0].BanAsync(room, people[3]).ShouldRefuse(Problem.TooManyBans);
        await people[0].BanAsync(room, people[1], "again").ShouldBe(204);
        (await people[0].MembersAsync(room)).Count.ShouldBe(2);
        await people[0].Http.SendAsync($"DELETE /api/rooms/{room.Id}/bans/{people[1].Id}").ShouldBe(204);
        await people[0].BanAsync(room, people[3]).ShouldBe(204);
    }
}

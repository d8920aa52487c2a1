using Maru.Engine.Problems;
using Maru.Server.Features.Invitations;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Invitations;

public sealed class InvitationTests(MaruServer server) : IClassFixture<MaruServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_shows_the_room_to_whoever_has_it_and_lets_people_in()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("harbour", "private", null, cat.Id);
        var link = await ann.InviteAsync(room, expiresIn: 3600, maxUses: 5);
        (link.Uses, link.MaxUses, link.CreatedBy).ShouldBe((0, 5, ann.User));
        (link.ExpiresAt - link.CreatedAt).ShouldBe(TimeSpan.FromHours(1));
        link.Code.Length.ShouldBe(24);
        link.Url.ShouldBe($"{server.Address}#/invite/{link.Code}");

        var view = await server.Http.SendAsync($"GET /api/invitations/{link.Code}").Read<InvitationView>();
        view.ShouldBe(new InvitationView(new InvitedRoom("harbour", "", 2), Guests: false, link.ExpiresAt));
        (await ben.Http.SendAsync($"GET /api/invitations/{link.Code}").Read<InvitationView>()).ShouldBe(view);
        await using var ears = await ben.ListenAsync();
        (await ben.AcceptAsync(link).Read<Room>()).ShouldBe(
            room with { MemberCount = 3, LastSeq = 1, Role = "member" });
        (await ears.HearAsync("room.added", room.Id)).GetProperty("room").GetProperty("role").GetString().ShouldBe("member");
        (await ann.NewsAsync(room)).ShouldBe([$"member.joined {ben.Handle}"]);
        (await ann.InvitationsAsync(room)).ShouldBe([link with { Uses = 1 }]);
        await server.ShouldCountUsesAsync();
    }

    [Fact]
    public async Task A_member_is_in_already_and_takes_no_use_also_where_the_last_one_is_taken()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "private", null, cat.Id);
        var link = await ann.InviteAsync(room, maxUses: 1);
        await cat.AcceptAsync(link).ShouldBe(200);
        (await ann.InvitationsAsync(room)).Single().Uses.ShouldBe(0);
        for (var i = 0; i < 3; i++) (await ben.AcceptAsync(link).Read<Room>()).Role.ShouldBe("member");
        (await ann.InvitationsAsync(room)).Single().Uses.ShouldBe(1);
        (await ann.NewsAsync(room)).ShouldBe([$"member.joined {ben.Handle}"]);
        await server.ShouldCountUsesAsync();
    }

    [Fact]
    public async Task A_link_leads_past_the_room_s_password()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", "secret");
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.WrongRoomPassword);
        await ben.AcceptAsync(await ann.InviteAsync(room)).ShouldBe(200);
        (await ben.RoleAsync(room)).ShouldBe("member");
    }

    [Theory]
    [InlineData("over")]
    [InlineData("used up")]
    [InlineData("revoked by its maker")]
    [InlineData("revoked by an admin")]
    [InlineData("its room is deleted")]
    [InlineData("its maker has left")]
    [InlineData("its maker was removed")]
    [InlineData("its maker may not invite any more")]
    [InlineData("its room has a password by now")]
    [InlineData("banned")]
    [InlineData("unknown")]
    [InlineData("no code")]
    public async Task A_link_that_is_of_no_use_is_the_same_404_whatever_the_reason(string why)
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "public", null, cat.Id);
        var isPrivate = why == "its maker may not invite any more";
        if (isPrivate)
        {
            await ann.PromoteAsync(room, cat);
            await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { visibility = "private" }).ShouldBe(200);
        }

        var link = await cat.InviteAsync(room, maxUses: why == "used up" ? 1 : null);
        await server.Http.SendAsync($"GET /api/invitations/{link.Code}").ShouldBe(200);
        await (why switch
        {
            "over" => ExecuteAsync($"UPDATE invitations SET expires_at = made_at WHERE code = '{link.Code}'"),
            "used up" => (await server.SignUpAsync("dan")).AcceptAsync(link).ShouldBe(200),
            "revoked by its maker" => cat.Http.SendAsync($"DELETE /api/invitations/{link.Code}").ShouldBe(204),
            "revoked by an admin" => ann.Http.SendAsync($"DELETE /api/invitations/{link.Code}").ShouldBe(204),
            "its room is deleted" => ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204),
            "its maker has left" => cat.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204),
            "its maker was removed" => ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{cat.Id}").ShouldBe(204),
            "its maker may not invite any more" => ann.PromoteAsync(room, cat, "member"),
            "its room has a password by now" => ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = "fish" }).ShouldBe(200),
            "banned" => ann.BanAsync(room, ben).ShouldBe(204),
            "unknown" => Task.FromResult(link = link with { Code = InvitationCode.Make() }),
            _ => Task.FromResult(link = link with { Code = "x" }),
        });
        var refusals = new[] { await ben.AcceptAsync(link).ShouldRefuse(Problem.NotFound), await ViewAsync(ben) }.ToList();
        if (why != "banned") refusals.Add(await ViewAsync(null));
        refusals.ShouldAllBe(x => x.EnumerateObject().Count() == 4, "nothing but type, title, status and trace");
        if (why != "its room is deleted") (await ann.MembersAsync(room)).ShouldNotContain(x => x.Id == ben.Id);
        await server.ShouldCountUsesAsync();

        Task<System.Text.Json.JsonElement> ViewAsync(Person? who) =>
            (who?.Http ?? server.Http).SendAsync($"GET /api/invitations/{link.Code}").ShouldRefuse(Problem.NotFound);
    }

    [Theory]
    [InlineData("public", null, 201)]
    [InlineData("public", "secret", 403)]
    [InlineData("private", null, 403)]
    public async Task Who_may_bring_people_in_makes_links(string visibility, string? password, int status)
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", visibility, password, ben.Id);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations").ShouldBe(status);
        await cat.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations").ShouldRefuse(Problem.NotFound);
        await ann.PromoteAsync(room, ben);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations").ShouldBe(201);
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        await ann.Http.SendAsync($"POST /api/rooms/{direct.Id}/invitations").ShouldRefuse(Problem.DirectRoom);
    }

    [Fact]
    public async Task Members_see_and_revoke_their_own_links_and_owner_and_admins_all()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var eve = await server.SignUpAsync("eve");
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id, cat.Id);
        var (hers, his) = (await ann.InviteAsync(room), await ben.InviteAsync(room));
        (await ann.InvitationsAsync(room)).ShouldBe([his, hers]);
        (await ben.InvitationsAsync(room)).ShouldBe([his]);
        (await cat.InvitationsAsync(room)).ShouldBeEmpty();
        await eve.Http.SendAsync($"GET /api/rooms/{room.Id}/invitations").ShouldRefuse(Problem.NotFound);
        foreach (var who in (Person[])[ben, cat, eve])
            await who.Http.SendAsync($"DELETE /api/invitations/{hers.Code}").ShouldRefuse(Problem.NotFound);
        await ann.PromoteAsync(room, cat);
        var page = await cat.Http.SendAsync($"GET /api/rooms/{room.Id}/invitations?limit=1").Read<InvitationPage>();
        page.Items.ShouldBe([his]);
        (await cat.Http.SendAsync($"GET /api/rooms/{room.Id}/invitations?limit=1&after={page.Next}").Read<InvitationPage>()).Items
            .ShouldBe([hers]);
        await cat.Http.SendAsync($"DELETE /api/invitations/{his.Code}").ShouldBe(204);
        await cat.Http.SendAsync($"DELETE /api/invitations/{his.Code}").ShouldRefuse(Problem.NotFound);
        (await ben.InvitationsAsync(room)).ShouldBeEmpty();
        (await ann.InvitationsAsync(room)).ShouldBe([hers]);
    }

    [Fact]
    public async Task Every_bad_field_is_named()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        foreach (var (body, fields) in ((object, string[])[])
        [
            (new { expiresIn = 0, maxUses = 0 }, ["expiresIn", "maxUses"]),
            (new { expiresIn = 31_536_001 }, ["expiresIn"]),
            (new { expiresIn = long.MaxValue }, ["expiresIn"]),
            (new { maxUses = 100_001 }, ["maxUses"]),
        ])
            (await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations", body).ShouldRefuseFields()).ShouldBe(fields);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations", new { maxUses = 1.5 }).ShouldRefuse(Problem.Malformed);
        (await ann.InvitationsAsync(room)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_room_has_a_bounded_number_of_links_and_its_members_a_half_of_them()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Invitations:PerRoom=4");
        var (ann, ben) = (await own.SignUpAsync(), await own.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await ann.InviteAsync(room);
        for (var i = 0; i < 2; i++) await ben.InviteAsync(room);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations").ShouldRefuse(Problem.TooManyInvitations);
        await ann.InviteAsync(room);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations").ShouldRefuse(Problem.TooManyInvitations);
        // One that is over makes room for another.
        await TestStore.ExecuteAsync(own.Store, "UPDATE invitations SET expires_at = 1 WHERE number = 1");
        (await ann.InvitationsAsync(room)).Count.ShouldBe(3);
        await ann.InviteAsync(room);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations").ShouldRefuse(Problem.TooManyInvitations);
        await ann.InviteAsync(await ann.MakeRoomAsync());
    }

    [Fact]
    public async Task A_full_room_takes_no_use_of_its_link()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Rooms:MembersPerRoom=2");
        var (ann, ben, cat) = (await own.SignUpAsync(), await own.SignUpAsync("ben"), await own.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync(visibility: "private");
        var link = await ann.InviteAsync(room);
        await ben.AcceptAsync(link).ShouldBe(200);
        await cat.AcceptAsync(link).ShouldRefuse(Problem.RoomFull);
        (await ann.InvitationsAsync(room)).Single().Uses.ShouldBe(1);
        (await ann.NewsAsync(room)).ShouldBe([$"member.joined {ben.Handle}"]);
        await own.ShouldCountUsesAsync();
    }

    [Fact]
    public async Task Links_that_are_of_no_more_use_are_swept_and_the_others_stay()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync();
        var (over, used, good) = (await ann.InviteAsync(room, expiresIn: 60), await ann.InviteAsync(room, maxUses: 1),
            await ann.InviteAsync(room, expiresIn: 3600, maxUses: 5));
        await ben.AcceptAsync(used).ShouldBe(200);
        await server.Service<InvitationStore>().SweepAsync(Ct);
        (await CountAsync()).ShouldBe(3);
        await ExecuteAsync($"UPDATE invitations SET expires_at = expires_at - 60001 WHERE code = '{over.Code}'");
        await ExecuteAsync("UPDATE invitations SET used_at = used_at - 3600001 WHERE used_at IS NOT NULL");
        (await ann.InvitationsAsync(room)).ShouldBe([good]);
        (await server.Service<InvitationStore>().SweepAsync(Ct)).ShouldBeGreaterThanOrEqualTo(2);
        (await CountAsync()).ShouldBe(1);
        await server.ShouldCountUsesAsync();

        Task<long> CountAsync() => server.Service<Database>().FirstAsync<long>(
            "SELECT count(*) FROM invitations WHERE room_id = @Id", new { room.Id }, Ct);
    }

    [Fact]
    public async Task Codes_that_are_of_no_use_are_limited_by_address_and_good_ones_are_not()
    {
        await using var own = await MaruServer.StartAsync(
            "--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:InvitationGuessesPerMinute=3", "--Maru:Limits:Proxies=127.0.0.1");
        var (ann, ben) = (await own.SignUpAsync(), await own.SignUpAsync("ben"));
        var link = await ann.InviteAsync(await ann.MakeRoomAsync());
        for (var i = 0; i < 6; i++) await own.Http.SendAsync($"GET /api/invitations/{link.Code}").ShouldBe(200);
        await own.Http.SendAsync($"GET /api/invitations/{InvitationCode.Make()}").ShouldRefuse(Problem.NotFound);
        await ben.AcceptAsync(link with { Code = InvitationCode.Make() }).ShouldRefuse(Problem.NotFound);
        await ben.AcceptAsync(link with { Code = "short" }).ShouldRefuse(Problem.NotFound);
        await own.Http.SendAsync($"GET /api/invitations/{InvitationCode.Make()}").ShouldRefuse(Problem.RateLimited);
        await ben.AcceptAsync(link).ShouldRefuse(Problem.RateLimited);
        using var elsewhere = new HttpRequestMessage(HttpMethod.Post, $"/api/invitations/{link.Code}/accept");
        elsewhere.Headers.Add("X-Forwarded-For", "198.51.100.7");
        await ben.Http.SendAsync(elsewhere, Ct).ShouldBe(200);
    }

    private Task ExecuteAsync(string sql) => TestStore.ExecuteAsync(server.Store, sql);
}

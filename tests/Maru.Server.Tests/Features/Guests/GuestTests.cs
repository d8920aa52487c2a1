using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Invitations;
using Maru.Server.Features.Members;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Guests;

/// <summary>Guests come with a name alone, and are limited to rooms that allow them.</summary>
public sealed class GuestTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_off_by_default()
    {
        await using var server = await MaruServer.StartAsync();
        await server.Http.SendAsync("POST /api/auth/guest", new { name = "Gil" }).ShouldRefuse(Problem.SignupClosed);
    }

    [Fact]
    public async Task A_guest_has_a_name_and_a_handle_of_the_servers()
    {
        await using var server = await MaruServer.StartAsync(Visiting.Enabled, "--Maru:Signup:Open=false");
        (await server.Http.SendAsync("POST /api/auth/guest", new { name = "\u202E" }).ShouldRefuseFields()).ShouldBe(["name"]);
        var signedIn = await server.Http.SendAsync("POST /api/auth/guest", new { name = "Gil" }).Read<SignedIn>(201);
        (signedIn.User.Name, signedIn.User.Guest).ShouldBe(("Gil", true));
        signedIn.User.Handle.ShouldMatch("^guest-[a-z0-9]{10}$");
        var gil = server.Person(signedIn);
        var me = await gil.Http.SendAsync("GET /api/me").Read<Profile>();
        (me.Guest, me.Role).ShouldBe((true, "user"));
        (await gil.Http.SendAsync("PATCH /api/me", new { name = "Gilbert" }).Read<Profile>()).Name.ShouldBe("Gilbert");
        foreach (var password in (string[])["", gil.Handle])
        {
            var login = new { handle = gil.Handle, password };
            await server.Http.SendAsync("POST /api/auth/login", login).ShouldRefuse(Problem.WrongCredentials);
        }

        var next = await server.Http.SendAsync("POST /api/auth/refresh", new { gil.RefreshToken }).Read<SignedIn>();
        await server.Person(next).Http.SendAsync("GET /api/users?q=a").ShouldRefuse(Problem.Guest);
    }

    [Fact]
    public async Task They_join_and_write_where_guests_are_allowed_and_nowhere_else()
    {
        await using var server = await MaruServer.StartAsync(Visiting.Enabled);
        var (ann, gil) = (await server.SignUpAsync(), await server.EnterAsync());
        var (open, closed) = (await ann.MakeOpenHouseAsync(), await ann.MakeRoomAsync());
        (open.Guests, closed.Guests).ShouldBe((true, null));
        await gil.JoinAsync(open);
        (await gil.SeeAsync(open)).Guests.ShouldBe(true);
        await gil.SayAsync(open);
        await using var socket = await StompSocket.ConnectAsync(server.Address, gil.AccessToken);
        await socket.SubscribeAsync(open.Id);
        await socket.SayAndWaitAsync(open.Id, "hello");

        await gil.Http.SendAsync($"POST /api/rooms/{closed.Id}/join").ShouldRefuse(Problem.Guest);
        await gil.Http.SendAsync($"POST /api/rooms/{closed.Id}/messages", new { text = "x" }).ShouldRefuse(Problem.NotFound);
        (await ann.InviteAsync(closed, gil).ShouldRefuseFields()).ShouldBe(["userIds"]);
        var members = new { name = "room", visibility = "private", members = new[] { gil.Id } };
        (await ann.Http.SendAsync("POST /api/rooms", members).ShouldRefuseFields()).ShouldBe(["members"]);
        (await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = gil.Id }).ShouldRefuseFields()).ShouldBe(["userId"]);

        var hidden = await ann.MakeOpenHouseAsync("private");
        await gil.Http.SendAsync($"POST /api/rooms/{hidden.Id}/join").ShouldRefuse(Problem.NotFound);
        await ann.InviteAsync(hidden, gil).ShouldBe(204);
        await gil.SayAsync(hidden);
        await ann.AllowGuestsAsync(closed, true);
        await gil.JoinAsync(closed);
        await server.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task An_invitation_says_whether_it_lets_them_in(bool server, bool room, bool lets)
    {
        await using var maru = await MaruServer.StartAsync($"--Maru:Guests:Enabled={server}");
        var ann = await maru.SignUpAsync();
        var made = room ? await ann.MakeOpenHouseAsync() : await ann.MakeRoomAsync();
        var link = await ann.InviteAsync(made);
        (await maru.Http.SendAsync($"GET /api/invitations/{link.Code}").Read<InvitationView>()).Guests.ShouldBe(lets);
    }

    [Fact]
    public async Task They_make_no_rooms_bring_nobody_in_and_search_for_nobody()
    {
        await using var server = await MaruServer.StartAsync(Visiting.Enabled);
        var (ann, ben, gil) = (await server.SignUpAsync(), await server.SignUpAsync("ben"), await server.EnterAsync());
        var open = await ann.MakeOpenHouseAsync();
        await gil.JoinAsync(open);
        await gil.Http.SendAsync("POST /api/rooms", new { name = "x", visibility = "public" }).ShouldRefuse(Problem.Guest);
        await gil.Http.SendAsync("POST /api/rooms/direct", new { userId = ann.Id }).ShouldRefuse(Problem.Guest);
        await gil.InviteAsync(open, ben).ShouldRefuse(Problem.Guest);
        await gil.Http.SendAsync("GET /api/users?q=ann").ShouldRefuse(Problem.Guest);
        await gil.Http.SendAsync($"POST /api/rooms/{open.Id}/invitations", new { maxUses = 1 }).ShouldRefuse(Problem.Guest);
        await gil.Http.SendAsync("POST /api/contacts", new { userId = ann.Id }).ShouldRefuse(Problem.Guest);
        foreach (var role in (string[])["admin", "owner"])
        {
            var promotion = ann.Http.SendAsync($"PATCH /api/rooms/{open.Id}/members/{gil.Id}", new { role });
            await promotion.ShouldRefuse(Problem.Guest);
        }

        (await gil.RoleAsync(open)).ShouldBe("member");
    }

    [Fact]
    public async Task A_room_that_allows_them_no_longer_loses_them_and_no_one_else()
    {
        await using var server = await MaruServer.StartAsync(Visiting.Enabled);
        var (ann, ben, gil) = (await server.SignUpAsync(), await server.SignUpAsync("ben"), await server.EnterAsync());
        var room = await ann.MakeOpenHouseAsync();
        foreach (var person in (Person[])[ben, gil]) await person.JoinAsync(room);
        await using var socket = await gil.ListenAsync();
        (await ann.AllowGuestsAsync(room, false)).Guests.ShouldBeNull();
        await ann.UntilAreAsync(room, ann.Id, ben.Id);
        (await socket.EventAsync("room.removed")).Json.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        await gil.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "x" }).ShouldRefuse(Problem.NotFound);
        await gil.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.Guest);
        (await ann.NewsAsync(room)).ShouldBe(
            [$"member.joined {ben.Handle}", $"member.joined {gil.Handle}", "room.changed", $"member.left {gil.Handle}"]);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_guest_whose_turn_comes_when_the_room_allows_them_again_stays()
    {
        await using var server = await MaruServer.StartAsync(Visiting.Enabled);
        var (ann, gil) = (await server.SignUpAsync(), await server.EnterAsync());
        var room = await ann.MakeOpenHouseAsync();
        await gil.JoinAsync(room);
        (await server.Service<Memberships>().RemoveGuestAsync(new RoomId(room.Id), new UserId(gil.Id))).ShouldBeNull();
        await gil.SayAsync(room);
    }

    [Fact]
    public async Task Guests_whom_a_crash_left_in_a_closed_room_are_removed_at_the_next_start()
    {
        await using var server = await MaruServer.StartAsync(Visiting.Enabled);
        var (ann, gil) = (await server.SignUpAsync(), await server.EnterAsync());
        var room = await ann.MakeOpenHouseAsync();
        await gil.JoinAsync(room);
        await server.RestartAsync(() => TestStore.ExecuteAsync(server.Store, "UPDATE rooms SET allows_guests = 0"));
        var again = server.Person(new SignedIn(ann.User, ann.AccessToken, ann.RefreshToken, 0));
        await again.UntilAreAsync(room, ann.Id);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_member_inherits_before_any_guest()
    {
        await using var server = await MaruServer.StartAsync(Visiting.Enabled);
        var (ann, ben, gil) = (await server.SignUpAsync(), await server.SignUpAsync("ben"), await server.EnterAsync());
        var room = await ann.MakeOpenHouseAsync();
        foreach (var person in (Person[])[gil, ben]) await person.JoinAsync(room);
        await ann.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        await ben.UntilAreAsync(room, ben.Id, gil.Id);
        (await ben.RoleAsync(room)).ShouldBe("owner");
    }

    [Fact]
    public async Task They_count_as_sign_ups_of_their_address()
    {
        await using var server = await MaruServer.StartAsync(
            Visiting.Enabled, "--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:SignUpsPerDay=2");
        await server.EnterAsync();
        await server.EnterAsync();
        await server.Http.SendAsync("POST /api/auth/guest", new { name = "Gil" }).ShouldRefuse(Problem.RateLimited);
    }

    [Fact]
    public async Task A_guest_goes_at_once_by_deletion_and_within_the_hour_after_signing_out_or_when_unseen()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null, Visiting.Enabled, "--Maru:Guests:Unseen=1.00:00:00");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeOpenHouseAsync();
        var (gil, gus, gin, gem) = (
            await server.EnterAsync(), await server.EnterAsync("Gus"), await server.EnterAsync("Gin"), await server.EnterAsync("Gem"));
        foreach (var guest in (Person[])[gil, gus, gin, gem]) await guest.JoinAsync(room);
        await gil.SayAsync(room);
        await gil.Http.SendAsync("DELETE /api/me").ShouldBe(204);
        await ann.UntilAreAsync(room, ann.Id, gus.Id, gin.Id, gem.Id);
        (await ann.HistoryAsync(room)).Single(x => x.Kind == "message").Sender.Name.ShouldBe("deleted user");

        await gus.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        time.Sleep(TimeSpan.FromMinutes(61));
        await Deadline.Until(async () => await CountAsync(server) == 2, "the one who signed out to be deleted");
        await server.Http.SendAsync("POST /api/auth/refresh", new { gin.RefreshToken }).ShouldBe(200);
        time.Sleep(TimeSpan.FromHours(23.5));
        await Deadline.Until(async () => await CountAsync(server) == 1, "the one who was not seen for a day to be deleted");
        await server.Http.SendAsync("POST /api/auth/refresh", new { gem.RefreshToken }).ShouldRefuse(Problem.SessionEnded);
        var again = await server.SignInAsync(ann.Handle);        // whoever has an account keeps it
        await again.UntilAreAsync(room, ann.Id, gin.Id);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_guest_whose_session_expired_is_deleted_though_not_unseen_for_long()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(
            time, null, Visiting.Enabled, "--Maru:Guests:Unseen=30.00:00:00", "--Maru:Sessions:MaxAge=2.00:00:00");
        await server.EnterAsync();
        time.Advance(TimeSpan.FromHours(47));
        (await CountAsync(server)).ShouldBe(1);
        time.Advance(TimeSpan.FromHours(3));
        await Deadline.Until(async () => await CountAsync(server) == 0, "the guest to be deleted");
    }

    private static Task<long> CountAsync(MaruServer server) => server.Service<Database>().FirstAsync<long>(
        "SELECT count(*) FROM users WHERE is_guest = 1 AND deleted_at IS NULL", null, Ct);
}

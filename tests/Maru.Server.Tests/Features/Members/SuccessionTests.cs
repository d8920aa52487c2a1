using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Features.Sessions;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Members;

/// <summary>An owner who is gone for long is followed, by decision of an admin.</summary>
public sealed class SuccessionTests(MaruServer server) : IClassFixture<MaruServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_admin_follows_an_owner_who_is_gone_and_everybody_is_told_once()
    {
        var (ann, ben, cat, room) = await LeadAsync();
        await ben.Http.SendAsync(Owner(room)).ShouldRefuse(Problem.OwnerPresent);
        await MissAsync(server.Service<Database>(), ann);
        await using var his = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await his.SubscribeAsync("/user/queue/events", "events");
        await his.SubscribeAsync(room.Id);
        await ben.Http.SendAsync(Owner(room)).ShouldBe(204);
        await ben.Http.SendAsync(Owner(room)).ShouldBe(204);       // a repeat changes nothing
        (await his.EventAsync("room.role")).Text.ShouldBe($$"""{"type":"room.role","roomId":{{room.Id}},"role":"owner"}""");
        var changed = (await his.EventAsync("room.changed")).Json.GetProperty("message");
        changed.GetProperty("subject").GetProperty("id").GetInt64().ShouldBe(ben.Id);
        changed.GetProperty("sender").GetProperty("id").GetInt64().ShouldBe(ben.Id);
        (await ann.MembersAsync(room)).Select(x => (x.Id, x.Role))
            .ShouldBe([(ann.Id, "admin"), (ben.Id, "owner"), (cat.Id, "member")]);
        (await ann.NewsAsync(room)).ShouldBe([$"room.changed {ben.Handle}", $"room.changed {ben.Handle}"]);     // admin, owner
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task An_admin_may_name_another_member_and_the_old_owner_hears_of_it()
    {
        var (ann, ben, cat, room) = await LeadAsync();
        var dan = await server.SignUpAsync("dan");
        await MissAsync(server.Service<Database>(), ann);
        await ben.Http.SendAsync(Owner(room), new { userId = dan.Id }).ShouldRefuse(Problem.NotFound);
        await using var ears = await cat.ListenAsync();
        await ben.Http.SendAsync(Owner(room), new { userId = cat.Id }).ShouldBe(204);
        (await ears.EventAsync("room.role")).Json.GetProperty("role").GetString().ShouldBe("owner");
        (await cat.RoleAsync(room)).ShouldBe("owner");
        (await ann.RoleAsync(room)).ShouldBe("admin");
        await ears.DisposeAsync();

        // Cat has been here just now.
        await ben.Http.SendAsync(Owner(room)).ShouldRefuse(Problem.OwnerPresent);
    }

    [Fact]
    public async Task Others_than_admins_do_not_follow_and_there_is_no_room_for_strangers()
    {
        var (ann, _, cat, room) = await LeadAsync();
        var dan = await server.SignUpAsync("dan");
        await MissAsync(server.Service<Database>(), ann);
        await cat.Http.SendAsync(Owner(room)).ShouldRefuse(Problem.Forbidden);
        await dan.Http.SendAsync(Owner(room)).ShouldRefuse(Problem.NotFound);
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = cat.Id }).Read<Room>(201);
        await cat.Http.SendAsync(Owner(direct)).ShouldRefuse(Problem.DirectRoom);
        (await ann.RoleAsync(room)).ShouldBe("owner");
        (await ann.NewsAsync(room)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("is connected")]
    [InlineData("was connected lately")]
    [InlineData("has a session that was used lately")]
    [InlineData("has had a session that was used lately")]
    [InlineData("signed up lately")]
    public async Task An_owner_is_there_who(string what)
    {
        var (ann, ben, _, room) = await LeadAsync();
        var database = server.Service<Database>();
        await MissAsync(database, ann);
        var lately = DateTimeOffset.UtcNow.AddDays(-29).ToUnixTimeMilliseconds();
        await using var socket = what == "is connected" ? await ann.ListenAsync() : null;
        if (socket is not null)
            await Deadline.Until(async () => (await ben.MembersAsync(room)).Single(x => x.Id == ann.Id).Online, "the owner to be there");
        await WriteAsync(database, what switch
        {
            "was connected lately" => $"INSERT INTO last_seen (user_id, at) VALUES ({ann.Id}, {lately})",
            "has a session that was used lately" => $"UPDATE sessions SET used_at = {lately} WHERE user_id = {ann.Id}",
            "has had a session that was used lately" => $"UPDATE users SET session_at = {lately} WHERE id = {ann.Id}",
            "signed up lately" => $"UPDATE users SET created_at = {lately} WHERE id = {ann.Id}",
            _ => "UPDATE users SET created_at = created_at",
        });
        await ben.Http.SendAsync(Owner(room)).ShouldRefuse(Problem.OwnerPresent);
        (await ann.RoleAsync(room)).ShouldBe("owner");
    }

    [Fact]
    public async Task An_owner_who_hides_their_presence_and_signs_out_is_missed_no_sooner_than_others()
    {
        await using var own = await MaruServer.StartAsync();
        var (ann, ben) = (await own.SignUpAsync(), await own.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await ann.PromoteAsync(room, ben);
        await ann.Http.SendAsync("PATCH /api/me", new { showPresence = false }).ShouldBe(200);
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        var database = own.Service<Database>();
        await WriteAsync(database, $"UPDATE users SET created_at = 1 WHERE id = {ann.Id}");
        await WriteAsync(database, $"UPDATE sessions SET ended_at = 1 WHERE user_id = {ann.Id}");
        (await own.Service<SessionStore>().ForgetAsync(Ct)).ShouldBe(1);
        (await database.FirstAsync<long>("SELECT count(*) FROM sessions WHERE user_id = @Id", new { ann.Id }, Ct)).ShouldBe(0);
        await ben.Http.SendAsync(Owner(room)).ShouldRefuse(Problem.OwnerPresent);
        await MissAsync(database, ann);
        await ben.Http.SendAsync(Owner(room)).ShouldBe(204);
    }

    [Fact]
    public async Task An_owner_whose_account_is_deleted_is_gone_also_before_the_account_has_left_its_rooms()
    {
        var (ann, ben, _, room) = await LeadAsync();
        await WriteAsync(server.Service<Database>(), $"UPDATE users SET deleted_at = 1 WHERE id = {ann.Id}");
        await ben.Http.SendAsync(Owner(room)).ShouldBe(204);
        (await ben.RoleAsync(room)).ShouldBe("owner");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_admin_of_the_server_decides_at_any_time(bool isMember)
    {
        var (ann, ben, cat, room) = await LeadAsync("private");
        var root = isMember ? cat : await server.SignUpAsync("root");
        await WriteAsync(server.Service<Database>(), $"UPDATE users SET role = 'admin' WHERE id = {root.Id}");
        if (!isMember) await root.Http.SendAsync(Owner(room)).ShouldRefuse(Problem.NotFound);
        await root.Http.SendAsync(Owner(room), new { userId = ben.Id }).ShouldBe(204);
        (await ben.RoleAsync(room)).ShouldBe("owner");
        (await ann.RoleAsync(room)).ShouldBe("admin");
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        await root.Http.SendAsync(Owner(direct), new { userId = ben.Id }).ShouldRefuse(Problem.NotFound);
        await server.ShouldBeSoundAsync();
    }

    /// <summary>Makes it so that the person was not there for years.</summary>
    internal static async Task MissAsync(Database database, Person who)
    {
        await WriteAsync(database, $"UPDATE users SET created_at = 1, session_at = NULL WHERE id = {who.Id}");
        await WriteAsync(database, $"UPDATE sessions SET used_at = 1 WHERE user_id = {who.Id}");
        await WriteAsync(database, $"DELETE FROM last_seen WHERE user_id = {who.Id}");
    }

    private static Task WriteAsync(Database database, string sql) =>
        database.WriteAsync((transaction, ct) => transaction.ExecuteAsync(sql, null, ct), Ct);

    private static string Owner(Room room) => $"POST /api/rooms/{room.Id}/owner";

    /// <summary>Ann, who owns a room, Ben, its admin, and Cat, a member.</summary>
    private async Task<(Person Ann, Person Ben, Person Cat, Room Room)> LeadAsync(string visibility = "public")
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", visibility, null, ben.Id, cat.Id);
        await ann.PromoteAsync(room, ben);
        return (ann, ben, cat, room);
    }
}

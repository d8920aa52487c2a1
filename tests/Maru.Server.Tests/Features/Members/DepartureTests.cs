using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Members;

public sealed class DepartureTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_deleted_account_leaves_every_room_and_its_rank_passes_on()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        await using var ears = await ben.ListenAsync();
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id, cat.Id);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{cat.Id}", new { role = "admin" }).ShouldBe(204);
        await ann.SayAsync(room, "farewell");
        await ann.MakeRoomAsync("alone");
        var direct = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        await ann.SayAsync(direct, "bye");

        await DeleteAsync(ann);
        await UntilGoneAsync(ann);

        (await ben.MembersAsync(room)).Select(x => (x.Id, x.Role)).ShouldBe([(ben.Id, "member"), (cat.Id, "owner")], ignoreOrder: true);
        (await ben.HistoryAsync(room)).Single(x => x.Kind == "message").Sender.Name.ShouldBe("deleted user");
        (await ben.SeeAsync(direct)).Name.ShouldBe("deleted user");
        (await ben.Http.SendAsync($"GET /api/rooms/{direct.Id}/messages").Read<MessagePage>()).Items.Select(x => x.Text)
            .ShouldBe(["bye", ""]);
        (await ben.Http.SendAsync("GET /api/rooms?q=alone").Read<RoomPage>()).Items.ShouldBeEmpty();
        (await ben.Http.SendAsync("POST /api/rooms/direct", new { userId = ann.Id }).Read<Room>()).Id.ShouldBe(direct.Id);
        (await cat.Http.SendAsync("POST /api/rooms/direct", new { userId = ann.Id }).ShouldRefuseFields()).ShouldBe(["userId"]);
        (await cat.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { ann.Id } }).ShouldRefuseFields())
            .ShouldBe(["userIds"]);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Without_an_admin_the_longest_standing_member_owns_the_room()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync();
        await cat.JoinAsync(room);
        await ben.JoinAsync(room);
        await DeleteAsync(ann);
        await UntilGoneAsync(ann);
        (await cat.RoleAsync(room)).ShouldBe("owner");
        (await ben.RoleAsync(room)).ShouldBe("member");
    }

    [Theory]
    [InlineData("public")]
    [InlineData("private")]
    public async Task The_room_s_log_says_who_owns_it_now(string visibility)
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", visibility, null, ben.Id);
        await using var his = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await his.SubscribeAsync(room.Id);
        await DeleteAsync(ann);
        var left = await his.EventAsync("member.left");
        var changed = await his.EventAsync("room.changed");
        changed.Seq.ShouldBe(left.Seq + 1);
        changed.Json.GetProperty("message").GetProperty("subject").GetProperty("id").GetInt64().ShouldBe(ben.Id);
        var now = changed.Json.GetProperty("room");
        (now.GetProperty("visibility").GetString(), now.GetProperty("memberCount").GetInt64()).ShouldBe((visibility, 1));
        now.GetProperty("lastSeq").GetInt64().ShouldBe(changed.Seq);
        now.TryGetProperty("role", out _).ShouldBeFalse();
        (await ben.NewsAsync(room)).ShouldContain($"room.changed {ben.Handle}");
        (await ben.RoleAsync(room)).ShouldBe("owner");
    }

    [Fact]
    public async Task What_a_crash_left_undone_is_done_at_the_next_start()
    {
        await using var other = await MaruServer.StartAsync();
        var (ann, ben) = (await other.SignUpAsync("ann"), await other.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await other.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync("UPDATE users SET deleted_at = 1 WHERE id = @Id", new { ann.Id }, ct),
            TestContext.Current.CancellationToken);
        await other.RestartAsync();
        await UntilGoneAsync(ann, other);
        (await (await other.SignInAsync(ben.Handle)).RoleAsync(room)).ShouldBe("owner");
        await other.ShouldBeSoundAsync();
    }

    private static Task<string> DeleteAsync(Person person) =>
        person.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);

    private Task UntilGoneAsync(Person person, MaruServer? where = null)
    {
        const string sql = "SELECT count(*) FROM members WHERE user_id = @Id";
        var database = (where ?? server).Service<Database>();
        return Deadline.Until(
            async () => await database.FirstAsync<long>(sql, new { person.Id }, TestContext.Current.CancellationToken) == 0,
            "the deleted account to leave its rooms");
    }
}

using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Members;

public sealed class RankTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_hand_over_leaves_one_owner_whoever_else_tries()
    {
        var ann = await server.SignUpAsync("ann");
        var people = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.SignUpAsync("ben")));
        var room = await ann.MakeRoomAsync("room", "private", null, [.. people.Select(x => x.Id)]);
        var answers = await Task.WhenAll(
            people.Select(x => ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{x.Id}", new { role = "owner" })));
        answers.Count(x => (int)x.StatusCode == 204).ShouldBe(1);
        answers.Count(x => (int)x.StatusCode == 403).ShouldBe(4);
        (await ann.RoleAsync(room)).ShouldBe("admin");
        (await ann.NewsAsync(room)).Count.ShouldBe(1);
        await server.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("?ban")]
    [InlineData("?ban=")]
    [InlineData("?ban=1")]
    [InlineData("?ban=yes")]
    [InlineData("?ban=True")]
    [InlineData("?ban=TRUE")]
    [InlineData("?ban=%20true")]
    [InlineData("?ban=true%00")]
    [InlineData("?ban=true&ban=false")]
    public async Task A_ban_that_is_not_clear_removes_nobody(string query)
    {
        var (ann, ben) = (await server.SignUpAsync(), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: [ben.Id]);
        (await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}{query}").ShouldRefuseFields()).ShouldBe(["ban"]);
        (await ben.RoleAsync(room)).ShouldBe("member");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}?ban=false").ShouldBe(204);
        await ben.JoinAsync(room);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}?ban=true").ShouldBe(204);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.Banned);
    }

    [Fact]
    public async Task Only_the_owner_gives_roles()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id, cat.Id);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "admin" }).ShouldBe(204);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "admin" }).ShouldBe(204);
        (await ann.NewsAsync(room)).ShouldBe([$"room.changed {ben.Handle}"]);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{cat.Id}", new { role = "admin" }).ShouldRefuse(Problem.Forbidden);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "owner" }).ShouldRefuse(Problem.Forbidden);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ann.Id}", new { role = "member" })
            .ShouldRefuse(Problem.OwnerMustHandOver);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/987654321", new { role = "admin" }).ShouldRefuse(Problem.NotFound);
        (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "king" }).ShouldRefuseFields())
            .ShouldBe(["role"]);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "member" }).ShouldBe(204);
        (await ben.RoleAsync(room)).ShouldBe("member");
    }

    [Fact]
    public async Task One_takes_out_only_who_ranks_below()
    {
        var (ann, ben, cat, dan) = (
            await server.SignUpAsync("ann"),
            await server.SignUpAsync("ben"),
            await server.SignUpAsync("cat"),
            await server.SignUpAsync("dan"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id, cat.Id, dan.Id);
        foreach (var admin in new[] { ben, cat })
            await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{admin.Id}", new { role = "admin" }).ShouldBe(204);
        await dan.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}").ShouldRefuse(Problem.Forbidden);
        foreach (var target in new[] { ann, cat, ben })
            await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{target.Id}?ban=true").ShouldRefuse(Problem.Forbidden);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{dan.Id}").ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{dan.Id}").ShouldRefuse(Problem.NotFound);
        await dan.JoinAsync(room);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}").ShouldBe(204);
        (await ann.MembersAsync(room)).Select(x => x.Id).ShouldBe([ann.Id, cat.Id, dan.Id], ignoreOrder: true);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Nothing_of_a_removed_member_comes_after_the_removal()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        var sends = Enumerable.Range(0, 60).Select(i => ben.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = $"{i}" }))
            .ToArray();
        await Task.WhenAny(sends);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}?ban=true").ShouldBe(204);
        var answers = await Task.WhenAll(sends);
        var history = await ann.HistoryAsync(room);
        history[^1].Event.ShouldBe("member.left");
        history.Count(x => x.Kind == "message").ShouldBe(answers.Count(x => (int)x.StatusCode == 201));
        answers.ShouldAllBe(x => (int)x.StatusCode == 201 || (int)x.StatusCode == 404);
    }

    [Fact]
    public async Task Who_is_banned_stays_out_until_the_ban_is_lifted()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}?ban=true").ShouldBe(204);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{cat.Id}?ban=true").ShouldBe(204);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/987654321?ban=true").ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.Banned);
        (await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { ben.Id } }).ShouldRefuseFields())
            .ShouldBe(["userIds"]);
        (await ann.NewsAsync(room)).ShouldBe([$"member.left {ben.Handle}"]);

        var first = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/bans?limit=1").Read<BanPage>();
        var second = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/bans?limit=1&after={first.Next}").Read<BanPage>();
        first.Items.Concat(second.Items).Select(x => (x.Id, x.BannedBy)).ShouldBe([(ben.Id, ann.Id), (cat.Id, ann.Id)]);
        second.Next.ShouldBeNull();

        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/bans/{ben.Id}").ShouldBe(204);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/bans/{ben.Id}").ShouldRefuse(Problem.NotFound);
        await ben.JoinAsync(room);
        await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/bans").ShouldRefuse(Problem.Forbidden);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/bans/{cat.Id}").ShouldRefuse(Problem.Forbidden);
        await server.ShouldBeSoundAsync();
    }
}

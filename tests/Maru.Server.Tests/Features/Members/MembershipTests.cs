using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Members;

public sealed class MembershipTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Fifty_who_join_at_once_and_twice_are_in_once_and_told_once()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.SignUpAsync("ben")));
        await Task.WhenAll(people.SelectMany(person => new[] { person.JoinAsync(room), person.JoinAsync(room) }));
        (await ann.MembersAsync(room)).Select(x => x.Id).ShouldBe(people.Select(x => x.Id).Append(ann.Id), ignoreOrder: true);
        (await ann.NewsAsync(room)).ShouldBe(people.Select(x => $"member.joined {x.Handle}"), ignoreOrder: true);
        (await ann.SeeAsync(room)).MemberCount.ShouldBe(51);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Who_leaves_is_out_at_once()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        await ben.SayAsync(room);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/messages").ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "?" }).ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldRefuse(Problem.NotFound);
        (await ann.NewsAsync(room)).ShouldBe([$"member.left {ben.Handle}"]);
        await ben.JoinAsync(room);
        (await ben.HistoryAsync(room)).Count.ShouldBe(3);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task The_owner_hands_over_before_leaving_and_the_last_one_takes_the_room_along()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldRefuse(Problem.OwnerMustHandOver);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "owner" }).ShouldBe(204);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ben.Http.SendAsync($"GET /api/rooms/{room.Id}").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldRefuse(Problem.NotFound);
        await server.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("public", null, true)]
    [InlineData("public", "secret", false)]
    [InlineData("private", null, false)]
    public async Task Members_bring_people_into_open_rooms_and_admins_into_all(string visibility, string? password, bool open)
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", visibility, password, ben.Id);
        var invitation = ben.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { cat.Id } });
        if (open) await invitation.ShouldBe(204);
        else await invitation.ShouldRefuse(Problem.Forbidden);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "admin" }).ShouldBe(204);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { cat.Id, cat.Id, ann.Id } }).ShouldBe(204);
        (await cat.RoleAsync(room)).ShouldBe("member");
        (await ann.NewsAsync(room)).Count(x => x == $"member.joined {cat.Handle}").ShouldBe(1);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task An_invitation_with_somebody_unknown_brings_in_nobody()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync();
        var refusal = await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { ben.Id, 987654321 } })
            .ShouldRefuse(Problem.Invalid);
        refusal.GetProperty("errors").GetProperty("userIds")[0].GetString()!.ShouldContain("987654321");
        (await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = Enumerable.Range(1, 101) }).ShouldRefuseFields())
            .ShouldBe(["userIds"]);
        (await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { }).ShouldRefuseFields()).ShouldBe(["userIds"]);
        (await ann.MembersAsync(room)).ShouldHaveSingleItem();
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(0);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Members_come_by_the_page_with_role_and_presence()
    {
        var ann = await server.SignUpAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => server.SignUpAsync("ben")));
        var room = await ann.MakeRoomAsync("room", "private", null, [.. people.Select(x => x.Id)]);
        await using var ears = await people[0].ListenAsync();
        await Deadline.Until(async () => (await ann.MembersAsync(room)).Any(x => x.Online), "the member to be there");
        List<Member> found = [];
        for (string? after = ""; after is not null;)
        {
            var page = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/members?limit=3&after={after}").Read<MemberPage>();
            page.Items.Count.ShouldBeLessThanOrEqualTo(3);
            found.AddRange(page.Items);
            after = page.Next;
        }

        found.Select(x => x.Id).ShouldBe(people.Select(x => x.Id).Append(ann.Id).Order());
        found.Where(x => x.Online).Select(x => x.Id).ShouldBe([people[0].Id]);
        found.Single(x => x.Role == "owner").ShouldBe(new Member(ann.Id, ann.Handle, ann.User.Name, "owner", false));
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/members?after=%20").ShouldRefuseFields()).ShouldBe(["after"]);
    }

    [Theory]
    [InlineData("public")]
    [InlineData("private")]
    public async Task Who_left_is_brought_back_by_owner_and_admins_alone_and_once(string visibility)
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var dan = await server.SignUpAsync("dan");
        var room = await ann.MakeRoomAsync("room", visibility, null, ben.Id, cat.Id);
        await LeaveAsync();
        if (visibility == "public") (await BringAsync(ben, dan, cat).ShouldRefuseFields()).ShouldBe(["userIds"]);
        await BringAsync(ann, cat).ShouldBe(204);
        await LeaveAsync();
        (await BringAsync(ann, dan, cat).ShouldRefuseFields()).ShouldBe(["userIds"]);
        (await ann.MembersAsync(room)).Select(x => x.Id).ShouldBe([ann.Id, ben.Id]);
        if (visibility == "public")
        {
            await cat.JoinAsync(room);
            await LeaveAsync();
        }

        const string waitForDays = "UPDATE leavers SET left_at = left_at - @milliseconds";
        var thirtyDays = new { milliseconds = (long)TimeSpan.FromDays(30).TotalMilliseconds };
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(waitForDays, thirtyDays, ct), TestContext.Current.CancellationToken);
        await BringAsync(ann, cat).ShouldBe(204);
        await server.ShouldBeSoundAsync();

        Task LeaveAsync() => cat.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);

        Task<HttpResponseMessage> BringAsync(Person actor, params Person[] people) =>
            actor.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = people.Select(x => x.Id) });
    }

    [Fact]
    public async Task People_hear_of_rooms_that_they_come_to_and_lose()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        await using var ears = await ben.ListenAsync();
        var room = await ann.MakeRoomAsync("made", "public", null, ben.Id);
        var heard = await ears.HearAsync("room.added", room.Id);
        heard.GetProperty("room").GetProperty("name").GetString().ShouldBe("made");
        heard.GetProperty("room").GetProperty("role").GetString().ShouldBe("member");
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ears.HearAsync("room.removed", room.Id);
        await ben.JoinAsync(room);
        await ears.HearAsync("room.added", room.Id);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}").ShouldBe(204);
        await ears.HearAsync("room.removed", room.Id);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { ben.Id } }).ShouldBe(204);
        await ears.HearAsync("room.added", room.Id);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        await ears.HearAsync("room.removed", room.Id);
        var direct = await cat.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        (await ears.HearAsync("room.added", direct.Id)).GetProperty("room").GetProperty("name").GetString().ShouldBe(cat.User.Name);
    }
}

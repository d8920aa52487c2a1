using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Who comes in, and who is kept out, at several nodes at once.</summary>
[Trait("Store", "postgres")]
public sealed class InvitationTests(ClusterRig cluster) : IClassFixture<ClusterRig>
{
    [Fact]
    public async Task Fifty_take_the_last_use_at_two_nodes_at_once_and_one_of_them_is_a_member()
    {
        var ann = await cluster[0].SignUpAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => cluster[0].SignUpAsync("ben")));
        for (var round = 0; round < 3; round++)
        {
            var room = await ann.MakeRoomAsync(visibility: "private");
            var link = await ann.InviteAsync(room, maxUses: 1);
            var statuses = await Task.WhenAll(people.Select((x, i) => cluster.At(i % 2, x).AcceptAsync(link).StatusAsync()));
            statuses.Count(x => x == 200).ShouldBe(1);
            statuses.Count(x => x == 404).ShouldBe(49);
            (await ann.MembersAsync(room)).Count.ShouldBe(2);
            (await ann.InvitationsAsync(room)).Single().Uses.ShouldBe(1);
            (await ann.NewsAsync(room)).Count.ShouldBe(1);
        }

        await cluster[1].ShouldCountUsesAsync();
    }

    [Theory]
    [InlineData("join")]
    [InlineData("accept")]
    public async Task One_person_from_many_tabs_at_two_nodes_is_in_once_told_once_and_takes_one_use(string how)
    {
        var (ann, ben) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync();
        var link = await ann.InviteAsync(room, maxUses: 10);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (how == "join"
            ? cluster.At(i % 2, ben).Http.SendAsync($"POST /api/rooms/{room.Id}/join")
            : cluster.At(i % 2, ben).AcceptAsync(link)).StatusAsync()));
        statuses.ShouldAllBe(x => x == 200 || x == 204);
        (await ann.NewsAsync(room)).ShouldBe([$"member.joined {ben.Handle}"]);
        (await ann.InvitationsAsync(room)).Single().Uses.ShouldBe(how == "join" ? 0 : 1);
        (await ann.SeeAsync(room)).ShouldBe(room with { MemberCount = 2, LastSeq = 1 });
        await cluster[0].ShouldCountUsesAsync();
    }

    [Theory]
    [InlineData("join")]
    [InlineData("accept")]
    [InlineData("invite")]
    public async Task A_ban_at_one_node_and_a_way_in_at_another_never_leave_a_banned_member(string how)
    {
        var (ann, ben) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("ben"));
        var there = cluster.At(1, ben);
        for (var round = 0; round < 15; round++)
        {
            var room = await ann.MakeRoomAsync();
            var link = await ann.InviteAsync(room);
            Task<HttpResponseMessage> Come() => how switch
            {
                "join" => there.Http.SendAsync($"POST /api/rooms/{room.Id}/join"),
                "accept" => there.AcceptAsync(link),
                _ => cluster.At(1, ann).Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { ben.Id } }),
            };
            var coming = Enumerable.Range(0, 3).Select(_ => Come().StatusAsync()).ToArray();
            await ann.BanAsync(room, ben).ShouldBe(204);
            var statuses = await Task.WhenAll(coming);
            (await Come().StatusAsync()).ShouldBeOneOf(400, 403, 404);
            (await ann.MembersAsync(room)).Select(x => x.Id).ShouldBe([ann.Id]);
            // Who came in and was out again before the response is told that there is nothing.
            var news = await ann.NewsAsync(room);
            if (news.Count > 0 || statuses.Any(x => x is 200 or 204))
                news.ShouldBe([$"member.joined {ben.Handle}", $"member.left {ben.Handle}"]);
        }

        await cluster[0].ShouldCountUsesAsync();
    }

    [Fact]
    public async Task Who_is_banned_at_one_node_hears_and_says_nothing_more_at_another_and_all_are_told_why_once()
    {
        await using var talk = await Talk.BeginAsync(cluster, overTheBus: false);
        await using var witness = await cluster.ConnectAsync(1, talk.Ann);
        await witness.SubscribeAsync(talk.Room.Id);
        await talk.Ann.BanAsync(talk.Room, talk.Ben, "noise").ShouldBe(204);
        foreach (var socket in (StompSocket[])[talk.Hers, witness])
        {
            var left = (await socket.EventAsync("member.left")).Json;
            left.GetProperty("banned").GetBoolean().ShouldBeTrue();
            left.GetRawText().ShouldNotContain("noise");
        }

        await talk.His.SayAsync(talk.Room.Id, "still here?");
        (await talk.His.RefusalAsync()).Type.ShouldBe(Maru.Engine.Problems.Problem.NotFound.Slug);
        await talk.Ann.SayAsync(talk.Room, "among us");
        (await witness.EventAsync("message.created")).Text.ShouldContain("among us");
        await talk.His.SyncAsync();
        talk.His.Inbox().ShouldNotContain(frame => frame.Text.Contains("among us", StringComparison.Ordinal));
        (await talk.Ann.NewsAsync(talk.Room)).ShouldBe([$"member.left {talk.Ben.Handle}"]);
    }

    [Fact]
    public async Task Two_admins_follow_a_gone_owner_at_two_nodes_at_once_and_one_of_them_wins()
    {
        var (ann, ben, cat) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("ben"), await cluster[0].SignUpAsync("cat"));
        for (var round = 0; round < 5; round++)
        {
            var room = await ann.MakeRoomAsync(members: [ben.Id, cat.Id]);
            foreach (var admin in (Person[])[ben, cat]) await ann.PromoteAsync(room, admin);
            await Features.Members.SuccessionTests.MissAsync(cluster[0].Service<Maru.Server.Storage.Database>(), ann);
            var statuses = await Task.WhenAll(
                cluster.At(0, ben).Http.SendAsync($"POST /api/rooms/{room.Id}/owner").StatusAsync(),
                cluster.At(1, cat).Http.SendAsync($"POST /api/rooms/{room.Id}/owner").StatusAsync());
            statuses.ShouldBe([204, 409], ignoreOrder: true);
            var winner = statuses[0] == 204 ? ben : cat;
            (await ann.MembersAsync(room)).Single(x => x.Role == "owner").Id.ShouldBe(winner.Id);
            (await ann.NewsAsync(room)).Count(x => x == $"room.changed {winner.Handle}").ShouldBe(2);
        }

        await cluster[0].ShouldBeSoundAsync();
    }
}

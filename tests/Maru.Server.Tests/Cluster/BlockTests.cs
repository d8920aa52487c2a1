using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Blocks;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Presence;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Contacts and blocks of people at several nodes.</summary>
[Trait("Store", "postgres")]
public sealed class BlockTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_block_at_one_node_holds_at_the_other_from_the_moment_that_it_is_answered(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        var (ann, ben) = (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"));
        var room = await ben.DirectAsync(ann);
        for (var round = 0; round < 3; round++)
            await BlockRace.RunAsync(ann, [cluster.At(1, ben), ben, cluster.At(1, ben)], room);
        await using var his = await cluster.ConnectAsync(1, ben);
        await his.SubscribeAsync("/user/queue/errors", "errors");
        await his.SubscribeAsync(room.Id);
        await his.SayAndWaitAsync(room.Id, "before");
        await ann.BlockAsync(ben);
        await his.SayAsync(room.Id, "no");
        (await his.RefusalAsync()).Type.ShouldBe(Problem.MayNotWrite.Slug);
        await ann.LiftAsync(ben);
        await his.SayAndWaitAsync(room.Id, "after");
        await cluster[0].ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Both_block_and_lift_at_two_nodes_at_once_and_the_room_says_what_the_blocks_say()
    {
        await using var cluster = await ClusterRig.StartAsync();
        var (ann, ben) = (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"));
        var (room, his) = (await ben.DirectAsync(ann), cluster.At(1, ben));
        for (var round = 0; round < 12; round++)
        {
            await Task.WhenAll(
                round % 3 == 0 ? ann.LiftAsync(ben) : ann.BlockAsync(ben), round % 2 == 0 ? his.LiftAsync(ann) : his.BlockAsync(ann));
            var (hers, theirs) = ((await ann.BlockedAsync()).Length > 0, (await ben.BlockedAsync()).Length > 0);
            (hers, theirs).ShouldBe((round % 3 != 0, round % 2 != 0));
            ((int)(await ann.TrySayAsync(room)).StatusCode).ShouldBe(hers || theirs ? 403 : 201);
            if (theirs) await his.TrySayAsync(room).ShouldRefuse(Problem.BlockedByYou);
            else if (hers) await his.TrySayAsync(room).ShouldNotWriteAsync();
            else await his.TrySayAsync(room).ShouldBe(201);
        }
    }

    [Fact]
    public async Task A_block_at_one_node_and_direct_rooms_opened_at_the_other_leave_none_in_which_one_could_write()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0);
        for (var round = 0; round < 12; round++)
        {
            var (ann, ben) = (await cluster[0].SignUpAsync("ann"), cluster.At(1, await cluster[0].SignUpAsync("ben")));
            await BlockRace.OpenAsync(ann, ben, round % 2 == 0 ? ben : cluster.At(1, ann));
        }
    }

    [Fact]
    public async Task Two_who_ask_each_other_at_two_nodes_at_once_become_contacts_and_hear_of_it()
    {
        await using var cluster = await ClusterRig.StartAsync();
        var (ann, ben) = (await cluster[0].SignUpAsync("ann"), cluster.At(1, await cluster[0].SignUpAsync("ben")));
        for (var round = 0; round < 10; round++)
        {
            var answers = await Task.WhenAll(ann.AskAsync(ben), ben.AskAsync(ann));
            answers.Select(x => (int)x.StatusCode).Order().ShouldBe([200, 201]);
            (await ann.KnowsAsync()).ShouldBe([$"{ben.Id} accepted"]);
            (await ben.KnowsAsync()).ShouldBe([$"{ann.Id} accepted"]);
            await (round % 2 == 0 ? ann.ForgetAsync(ben) : ben.ForgetAsync(ann));
        }

        await using var his = await StompSocket.ConnectAsync(cluster[1].Address, ben.AccessToken);
        await his.SubscribeAsync("/user/queue/events", "events");
        await ann.AskAsync(ben).ShouldBe(201);
        // What the last round said at the other node may still be on its way.
        await Deadline.Until(async () => await his.ContactEventAsync() == $"{ann.Id} incoming", "the request at the other node");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Who_is_blocked_at_one_node_sees_nothing_of_the_blocker_at_the_other(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        var (ann, ben) = (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"));
        var room = await ben.DirectAsync(ann);
        await using var hers = await cluster.ConnectAsync(0, ann);
        await hers.SubscribeAsync(room.Id);
        await using var phone = await cluster.ConnectAsync(1, ann);
        await phone.SubscribeAsync(room.Id);
        await using var his = await cluster.ConnectAsync(1, ben);
        await his.SubscribeAsync(room.Id);
        await his.WatchAsync(ann.Id);
        await his.ToldUntilAsync(ann.Id, "online");
        await ann.BlockAsync(ben);
        await his.ToldUntilAsync(ann.Id, "offline");
        await his.TypeAsync(room.Id, true);
        await his.SyncAsync();
        await phone.SubscribeAsync($"/topic/rooms/{room.Id}/signals/x", "behind the typing");
        phone.ShouldHearNothingOf("typing");
        await ann.LiftAsync(ben);
        await his.ToldUntilAsync(ann.Id, "online");
        hers.ShouldHearNothingOf("typing");
        // Typing travels over the quick bus alone.
        if (redis == 0) return;
        await Deadline.Until(
            async () =>
            {
                await his.TypeAsync(room.Id, false);
                await his.TypeAsync(room.Id, true);
                await hers.SyncAsync();
                return hers.Inbox().Any(frame => frame.Command == "MESSAGE" && frame.Type == "typing");
            },
            "typing behind the lift");
    }
}

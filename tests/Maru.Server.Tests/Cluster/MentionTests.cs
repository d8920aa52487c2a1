using Maru.Server.Tests.Features.Mentions;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Mentions on several nodes: whoever is where, they hear them.</summary>
[Trait("Store", "postgres")]
public sealed class MentionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0)]     // no Redis: found in the store
    public async Task A_mention_of_one_node_is_heard_on_the_other_once(int redis)
    {
        await using var rig = await ClusterRig.StartAsync(redis: redis);
        var (ann, ben) = (await rig[0].SignUpAsync("ann"), await rig[0].SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await using var there = await rig.ConnectAsync(1, ben);
        await using var here = await rig.ConnectAsync(0, ben);
        foreach (var tab in (StompSocket[])[there, here]) await tab.SubscribeAsync("/user/queue/events", "events");
        var said = await ann.SayAsync(room, $"@{ben.Handle}");
        await HearAsync(said.Seq);
        foreach (var tab in (StompSocket[])[there, here]) await tab.UnreadAsync(room, 1, mentions: 1);
        await HearAsync((await ann.SayAsync(room, "@all")).Seq);
        var plain = await ann.SayAsync(room, "nobody");
        await ann.EditAsync(room, plain.Seq, $"nobody but @{ben.Handle}");
        await HearAsync(plain.Seq);
        await there.UnreadAsync(room, 3, mentions: 3);
        await ann.DeleteAsync(room, said.Seq);
        await there.UnreadAsync(room, 2, mentions: 2);
        await rig.At(1, ann).EditAsync(room, plain.Seq, "nobody again");
        await here.UnreadAsync(room, 2, mentions: 1);
        await there.UnreadAsync(room, 2, mentions: 1);
        await HearAsync((await rig.At(1, ann).SayAsync(room, $"@{ben.Handle}")).Seq);
        await rig[1].ShouldBalanceAsync(room);

        async Task HearAsync(long seq)
        {
            foreach (var tab in (StompSocket[])[there, here])
                (await tab.EventAsync("mention")).Json.GetProperty("seq").GetInt64().ShouldBe(seq);
        }
    }
}

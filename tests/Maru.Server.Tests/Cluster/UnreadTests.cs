using Maru.Engine.Bus;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Unread counts on several nodes: whoever is where, they hear what the store has.</summary>
[Trait("Store", "postgres")]
public sealed class UnreadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0)]     // no Redis: found in the store
    public async Task A_message_a_read_and_a_departure_on_one_node_are_heard_on_the_other(int redis)
    {
        await using var rig = await ClusterRig.StartAsync(redis: redis);
        var (ann, ben) = (await rig[0].SignUpAsync("ann"), await rig[0].SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await ann.SayAsync(room);
        await using var tab = await rig.ConnectAsync(1, ben);
        await tab.SubscribeAsync("/user/queue/events", "events");
        await tab.UnreadAsync(room, 1);
        var said = await ann.SayAsync(room);
        await tab.UnreadAsync(room, 2);
        await rig.At(1, ben).SayAsync(room, "own, on the other node");
        await ben.SayAsync(room, "own, on this node");
        await ann.SayAsync(room);
        await tab.UnreadAsync(room, 3);
        await ben.ReadAsync(room, said.Seq);
        await tab.UnreadAsync(room, 1);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}").ShouldBe(204);
        // Counts stay the same with own messages, but go further: when time passes between them, they are told too.
        (await tab.EventAsync("room.removed")).Json.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        await rig[1].ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task A_read_that_redis_did_not_get_is_heard_all_the_same()
    {
        await using var rig = await ClusterRig.StartAsync(nodes: 1);
        using var relay = new Relay(rig.Redis[0].Address);
        var far = await rig.AddNodeAsync($"--Maru:Redis={relay.Address}");
        await Deadline.Until(() => far.Service<IBus>().IsConnected, "Redis at the node behind the relay");
        var (ann, ben) = (await rig[0].SignUpAsync("ann"), await rig[0].SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await using var tab = await rig.ConnectAsync(0, ben);
        await tab.SubscribeAsync("/user/queue/events", "events");
        for (var round = 1; round <= 3; round++)
        {
            var said = await ann.SayAsync(room);
            await tab.UnreadAsync(room, 1);
            if (round == 3) relay.Cut();
            await rig.At(1, ben).ReadAsync(room, said.Seq);
            await tab.UnreadAsync(room, 0);
        }
    }
}

using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.ReadState;

/// <summary>Two nodes tell how far members have read on either, with Redis between them or without.</summary>
[Trait("Store", "postgres")]
public sealed class ClusterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Subscribers_on_every_node_hear_how_far_somebody_has_read_on_one(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        var (ann, ben) = (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        var (first, second) = (await ann.SayAsync(room), await ann.SayAsync(room));
        await using var here = await cluster.ConnectAsync(0, ann);
        await using var there = await cluster.ConnectAsync(1, ann);
        await here.SubscribeAsync(room.Id);
        await there.SubscribeAsync(room.Id);
        if (redis > 0) await cluster.ListenedAsync(room.Id);

        await HeardAsync(cluster.At(1, ben).ReadAsync(room, first.Seq), first.Seq);
        await HeardAsync(ben.ReadAsync(room, second.Seq), second.Seq);
        await HeardAsync(cluster.At(1, ben).UnreadAsync(room, first.Seq), first.Seq);
        await HeardAsync(cluster.At(1, ben).ReadAsync(room, second.Seq), second.Seq);

        async Task HeardAsync(Task reading, long expected)
        {
            await reading;
            (await here.ReadAsync(room), await there.ReadAsync(room)).ShouldBe(((ben.Id, expected), (ben.Id, expected)));
        }
    }
}

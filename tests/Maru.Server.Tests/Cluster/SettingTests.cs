using Maru.Server.Tests.Features.Accounts;
using Maru.Server.Tests.Features.Presence;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>What a person sets at one node holds at the other.</summary>
[Trait("Store", "postgres")]
public sealed class SettingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Who_tells_not_when_they_were_there_is_not_told_of_at_the_other_node(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis, settings: ["--Maru:Engine:Presence:Grace=00:00:01"]);
        var (ann, ben) = (await cluster[0].SignUpAsync(), await cluster[1].SignUpAsync("ben"));
        await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await cluster.ConnectAsync(0, ann);
        await hers.WatchAsync(ben.Id);
        await (await cluster.ConnectAsync(1, ben)).DisposeAsync();
        await hers.ToldUntilAsync(ben.Id, "offline seen");
        await ben.SetAsync(new { lastSeen = false });
        await hers.ToldUntilAsync(ben.Id, "offline");
        var his = await cluster.ConnectAsync(1, ben);
        await hers.ToldUntilAsync(ben.Id, "online");
        await his.DisposeAsync();
        (await hers.ToldUntilAsync(ben.Id, "offline")).ShouldBe(["offline"], "and no time");
    }

    [Fact]
    public async Task Who_hides_what_they_read_is_not_named_at_the_other_node()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 1);
        var (ann, ben, cat) = (await cluster[0].SignUpAsync(), await cluster[1].SignUpAsync("ben"), await cluster[1].SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id, cat.Id);
        var message = await ann.SayAsync(room);
        await using var ears = await cluster.ConnectAsync(0, ann);
        await ears.SubscribeAsync(room.Id);
        await cluster.ListenedAsync(room.Id, nodes: 1);
        await cluster.At(0, ben).SetAsync(new { readReceipts = false });
        await ben.ReadAsync(room, message.Seq);
        await cat.ReadAsync(room, message.Seq);
        (await ears.EventAsync("read")).Json.GetProperty("userId").GetInt64().ShouldBe(cat.Id);
        (await ann.HistoryAsync(room)).Single(x => x.Seq == message.Seq).UnreadBy.ShouldBe(0);
    }
}

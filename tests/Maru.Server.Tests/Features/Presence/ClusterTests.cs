using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Presence;

/// <summary>Two nodes know who is there on either, with Redis between them or without.</summary>
[Trait("Store", "postgres")]
public sealed class ClusterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Presence_is_the_same_on_every_node(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis, settings: ["--Maru:Engine:Presence:Grace=00:00:05"]);
        var (ann, ben) = (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await cluster.ConnectAsync(0, ann);
        await hers.WatchAsync(ben.Id);
        (await hers.ToldAsync(ben.Id)).ShouldBe("offline");

        var his = await cluster.ConnectAsync(1, ben);
        await hers.ToldUntilAsync(ben.Id, "online");
        await ann.SeesAsync(ben, "online");
        (await ann.MembersAsync(room)).Single(x => x.Id == ben.Id).Online.ShouldBeTrue();
        await cluster.At(1, ben).SeesAsync(ann, "online");

        await his.SayAsync("away");
        await hers.ToldUntilAsync(ben.Id, "away");
        await ben.SayAsync(room, "by a request to the other node");
        await hers.ToldUntilAsync(ben.Id, "online");

        // A reconnect to the other node is not seen.
        await his.DisposeAsync();
        his = await cluster.ConnectAsync(0, ben);
        await cluster.At(1, ann).SeesAsync(ben, "online");

        await cluster.At(1, ben).Http.SendAsync("PATCH /api/me", new { showPresence = false }).ShouldBe(200);
        (await hers.ToldUntilAsync(ben.Id, "offline")).ShouldBe(["offline"], "nothing came before");
        await ben.Http.SendAsync("PATCH /api/me", new { showPresence = true }).ShouldBe(200);
        await hers.ToldUntilAsync(ben.Id, "online");
        await his.DisposeAsync();
        (await hers.ToldUntilAsync(ben.Id, "offline seen")).ShouldBe(["offline seen"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Who_comes_into_a_room_on_one_node_is_seen_and_sees_on_the_others_at_once(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        var (ann, ben, cat) =
            (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"), await cluster[0].SignUpAsync("cat"));
        await using var hers = await cluster.ConnectAsync(0, ann);
        await using var his = await cluster.ConnectAsync(1, ben);
        await using var its = await cluster.ConnectAsync(1, cat);
        await cluster.At(0, ben).SeesAsync(ben, "online");      // the nodes know of both
        await cluster.At(0, cat).SeesAsync(cat, "online");
        await cluster.At(1, ann).SeesAsync(ann, "online");
        await hers.WatchAsync(ben.Id, cat.Id);
        await his.WatchAsync(ann.Id);
        (await hers.ToldAsync(ben.Id), await hers.ToldAsync(cat.Id)).ShouldBe(("offline", "offline"));
        (await his.ToldAsync(ann.Id)).ShouldBe("offline");
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        (await hers.ToldAsync(ben.Id), await his.ToldAsync(ann.Id)).ShouldBe(("online", "online"));
        await cluster.At(1, cat).JoinAsync(room);
        (await hers.ToldAsync(cat.Id)).ShouldBe("online");
    }

    [Fact]
    public async Task Typing_reaches_the_other_node_by_Redis()
    {
        await using var cluster = await ClusterRig.StartAsync();
        var (ann, ben) = (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await cluster.ConnectAsync(0, ann);
        await using var his = await cluster.ConnectAsync(1, ben);
        await hers.SubscribeAsync(room.Id);
        await his.SubscribeAsync(room.Id);
        await cluster.ListenedAsync(room.Id);
        await his.TypeAsync(room.Id, true);
        (await hers.TypingAsync(room.Id), await his.TypingAsync(room.Id)).ShouldBe(($"{ben.Id} true", $"{ben.Id} true"));
        await his.TypeAsync(room.Id, false);
        (await hers.TypingAsync(room.Id), await his.TypingAsync(room.Id)).ShouldBe(($"{ben.Id} false", $"{ben.Id} false"));
    }
}

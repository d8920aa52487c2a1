using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Who looks at the list of public rooms at one node sees what happens at the other.</summary>
[Trait("Store", "postgres")]
public sealed class LiveListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Who_looks_at_one_node_hears_of_the_rooms_of_the_other_and_nothing_of_what_is_private(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis, settings: [LiveList.Quick]);
        var (ann, ben) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("ben"));
        await using var his = await cluster.At(1, ben).LookAsync();
        var room = await ann.MakeRoomAsync("Harbour");
        await his.ListedAsync(room.Id, x => x.Name == "Harbour" && x.RecentMessages == 0);
        await ann.SayAsync(room);
        await his.ListedAsync(room.Id, x => x.RecentMessages == 1);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "secret", visibility = "private" }).ShouldBe(200);
        (await his.NextAsync(room.Id)).Type.ShouldBe("room.removed");

        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { topic = "secret" }).ShouldBe(200);
        await ann.SayAsync(room);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        var behind = await ann.MakeRoomAsync("behind it all");
        await his.ListedAsync(behind.Id, _ => true);
        his.Inbox().ShouldNotContain(frame => LiveList.IsOf(frame, room.Id));
        his.Inbox().ShouldNotContain(frame => frame.ToString().Contains("secret"));
        await ann.Http.SendAsync($"DELETE /api/rooms/{behind.Id}").ShouldBe(204);
        (await his.NextAsync(behind.Id)).Type.ShouldBe("room.removed");
    }

    [Fact]
    public async Task Who_looks_reads_the_list_anew_when_redis_was_away()
    {
        await using var cluster = await ClusterRig.StartAsync(settings: [LiveList.Quick]);
        var (ann, ben) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("ben"));
        await using var his = await cluster.At(1, ben).LookAsync();
        await his.EventAsync("rooms.reset");
        cluster.Redis[0].Kill();
        await cluster.Redis[0].StartAgainAsync();
        await his.EventAsync("rooms.reset");
        var room = await ann.MakeRoomAsync("Harbour");
        await his.ListedAsync(room.Id, x => x.Name == "Harbour");
    }
}

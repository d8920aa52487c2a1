using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Realtime;

namespace Maru.Server.Tests.Cluster;

/// <summary>
/// A message that was changed at one node is sent again in its new state at another, which has the room in memory and may not have heard
/// yet.
/// </summary>
[Trait("Store", "postgres")]
public sealed class ReadAgainTests
{
    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    [InlineData("both")]
    public async Task Each_change_of_another_node_shows_to_whoever_asks_next(string way)
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        for (var i = 0; i < 10; i++)
        {
            var said = (await talk.Ann.SayAsync(talk.Room, $"say {i}")).Seq;
            var address = $"/api/rooms/{talk.Room.Id}/messages/{said}";
            await ReadAsync($"said-{i}", said);
            await talk.Ann.Http.SendAsync($"PATCH {address}", new { text = $"edit {i}" }).ShouldBe(200);
            await ReadAsync($"edited-{i}", said + 1);
            await talk.Ann.Http.SendAsync("PATCH /api/me", new { name = $"Ann {i}" }).ShouldBe(200);
            await ReadAsync($"named-{i}", said + 1);
            await talk.Ann.Http.SendAsync($"DELETE {address}").ShouldBe(204);
            await ReadAsync($"deleted-{i}", said + 2);
        }

        async Task ReadAsync(string id, long last)
        {
            await (await talk.His.ReadAgainAsync(talk.Room, id, last)).ShouldReadAsItIsAsync(talk.Ben, talk.Room);
            await talk.His.SendAsync("UNSUBSCRIBE", "", ("id", id));
        }
    }

    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task A_client_that_comes_from_another_node_gets_the_past_as_it_is_now(string way)
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
        var ann = await cluster[0].SignUpAsync();
        await using var hers = await cluster.ConnectAsync(1, ann);
        var room = await Past.MakeAsync(cluster[0], ann, hers);
        var last = (await ann.SeeAsync(room)).LastSeq;
        await using var back = await cluster.ConnectAsync(1, ann);
        await (await back.ReadAgainAsync(room, "again", last)).ShouldReadAsItIsAsync(ann, room);
        using var stream = await EventStream.OpenAsync(cluster[1], $"/api/rooms/{room.Id}/events", ann.AccessToken, lastId: 0);
        List<System.Text.Json.JsonElement> events = [];
        while (events.Count < last) events.Add((await stream.NextAsync()).Json);
        await events.ShouldReadAsItIsAsync(ann, room);
    }
}

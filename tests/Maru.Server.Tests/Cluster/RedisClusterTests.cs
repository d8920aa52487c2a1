using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>
/// A Redis Cluster of three masters between two nodes: rooms are spread over its shards, and what it loses is found in the store.
/// </summary>
[Trait("Store", "postgres")]
public sealed class RedisClusterTests
{
    [Fact]
    public async Task Rooms_are_spread_over_the_shards_and_each_node_hears_all_of_them()
    {
        await using var cluster = await ClusterRig.StartOnRedisClusterAsync(ClusterRig.BusOnly);
        var ann = await cluster[0].SignUpAsync();
        await using var hers = await cluster.ConnectAsync(1, ann);
        var held = new int[cluster.Redis.Count];
        for (var i = 0; i < 24; i++)
        {
            var room = await ann.MakeRoomAsync();
            await hers.SubscribeAsync(room.Id);
            await cluster.ListenedAsync(room.Id, nodes: 1);
            var listeners = await cluster.ListenersAsync($"maru:r:{room.Id}");
            for (var j = 0; j < held.Length; j++) held[j] += listeners[j];
            var said = await ann.SayAsync(room);
            (await hers.EventAsync("message.created")).Seq.ShouldBe(said.Seq);
        }

        held.Sum().ShouldBe(24);
        held.ShouldAllBe(x => x > 0);
    }

    [Fact]
    public async Task Messages_and_signals_of_two_nodes_reach_both_in_order_and_once()
    {
        await using var cluster = await ClusterRig.StartOnRedisClusterAsync(ClusterRig.BusOnly);
        await using var talk = await Talk.BeginAsync(cluster);
        await talk.ExchangeAsync(200);
        for (var i = 0; i < 100; i++) await talk.SignalAsync(talk.Hers, $"{i}");
        for (var i = 0; i < 100; i++) (await talk.His.TakeAsync(Talk.IsSignal, $"signal {i}")).Text.ShouldBe($"{i}");
        talk.ShouldHaveHeardAll();
    }

    [Fact]
    public async Task Shards_are_killed_and_started_again_while_people_talk()
    {
        await using var cluster = await ClusterRig.StartOnRedisClusterAsync();
        await using var talk = await Talk.BeginAsync(cluster);
        foreach (var shard in cluster.Redis)
        {
            shard.Kill();
            await talk.ExchangeAsync(20);
            await shard.StartAgainAsync();
            await talk.ExchangeAsync(20);
        }

        await cluster.ListenedAsync(talk.Room.Id);
        await talk.SignalGetsThroughAsync();
        await talk.ExchangeAsync(20);
        talk.ShouldHaveHeardAll();
    }
}

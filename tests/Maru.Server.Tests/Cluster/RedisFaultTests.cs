using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>
/// Redis is a hint: whatever becomes of it, messages are delivered, in order, once.
/// Signals need it, and come back with it.
/// </summary>
[Trait("Store", "postgres")]
public sealed class RedisFaultTests
{
    [Fact]
    public async Task Redis_is_killed_and_started_again_while_people_talk()
    {
        await using var cluster = await ClusterRig.StartAsync();
        await using var talk = await Talk.BeginAsync(cluster);
        for (var round = 0; round < 3; round++)
        {
            await talk.ExchangeAsync(20);
            cluster.Redis[0].Kill();
            await talk.ExchangeAsync(20);
            await cluster.Redis[0].StartAgainAsync();
            await talk.ExchangeAsync(20);
            await cluster.ListenedAsync(talk.Room.Id);
            await talk.SignalGetsThroughAsync();
        }

        talk.ShouldHaveHeardAll();
    }

    [Fact]
    public async Task Redis_is_paused_for_a_while()
    {
        await using var cluster = await ClusterRig.StartAsync();
        await using var talk = await Talk.BeginAsync(cluster);
        cluster.Redis[0].Pause();
        for (var i = 0; i < 5; i++) await talk.ExchangeAsync(20);
        cluster.Redis[0].Resume();
        await talk.ExchangeAsync(20);
        await talk.SignalGetsThroughAsync();
        await talk.ExchangeAsync(20);
        talk.ShouldHaveHeardAll();
    }

    [Fact]
    public async Task Redis_is_not_there_at_the_start_and_comes_later()
    {
        await using var cluster = await ClusterRig.StartAsync(redisRuns: false);
        await using var talk = await Talk.BeginAsync(cluster, overTheBus: false);
        await talk.ExchangeAsync(20);
        await cluster.Redis[0].StartAgainAsync();
        await cluster.ListenedAsync(talk.Room.Id);
        await talk.SignalGetsThroughAsync();
        await talk.ExchangeAsync(20);
        talk.ShouldHaveHeardAll();
    }

    [Fact]
    public async Task A_room_that_is_first_used_while_redis_is_away_is_listened_to_when_it_comes_back()
    {
        await using var cluster = await ClusterRig.StartAsync();
        cluster.Redis[0].Kill();
        await using var talk = await Talk.BeginAsync(cluster, overTheBus: false);
        await talk.ExchangeAsync(20);
        await cluster.Redis[0].StartAgainAsync();
        await cluster.ListenedAsync(talk.Room.Id);
        await talk.SignalGetsThroughAsync();
        await talk.ExchangeAsync(20);
        talk.ShouldHaveHeardAll();
    }

    [Fact]
    public async Task What_is_committed_while_a_node_is_cut_off_from_redis_arrives_there_all_the_same()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 1);
        var apart = await cluster.AddNodeAsync("--Maru:Redis=127.0.0.1:1");
        apart.ShouldBe(cluster[1]);
        await using var talk = await Talk.BeginAsync(cluster, overTheBus: false);
        for (var i = 0; i < 5; i++) await talk.ExchangeAsync(20);
        talk.ShouldHaveHeardAll();
        await cluster[0].ShouldBeSoundAsync();
    }
}

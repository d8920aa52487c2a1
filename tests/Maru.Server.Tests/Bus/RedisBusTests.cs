using Maru.Engine.Bus;
using Maru.Server.Bus;
using Maru.Server.Cluster;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Bus;

/// <summary>Nodes with one Redis between them.</summary>
[Trait("Store", "postgres")]
public class RedisBusTests : BusContract
{
    private protected override async Task<BusRig> StartAsync()
    {
        var redis = await RedisProcess.StartAsync();
        return new RedisRig([redis], redis.Address);
    }

    [Fact]
    public async Task A_frame_that_is_too_large_or_has_no_Redis_counts_as_dropped()
    {
        await using var rig = await StartAsync();
        var node = await rig.JoinAsync();
        var channel = new BusChannel("large", Travel.Any);
        using var counts = rig.Count();
        node.Publish(channel, new byte[node.MaxFrameBytes + 1]);
        node.Publish(channel, Frame(1));
        await Deadline.Until(() => counts.Of("maru.bus.sent") == 1, "the frame that fits");
        counts.Of("maru.bus.dropped").ShouldBe(1);
        await rig.TakeAwayAsync();
        node.Publish(channel, Frame(2));
        (counts.Of("maru.bus.sent"), counts.Of("maru.bus.dropped")).ShouldBe((1, 2));
    }

    [Fact]
    public async Task Of_a_redis_that_stands_still_for_a_while_losses_are_known_and_channels_are_listened_to_afterwards()
    {
        var redis = await RedisProcess.StartAsync();
        await using var rig = new RedisRig([redis], redis.Address);
        var node = (RedisBus)await rig.JoinAsync();
        var lost = new TaskCompletionSource<BusChannel>(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Lost = channel => lost.TrySetResult(channel);
        redis.Pause();
        using var ears = await Ears.BeginAsync(node, new BusChannel("late", Travel.Any));
        node.Publish(ears.Channel, Frame(1));
        // By then what was asked before has failed too, and the connection is the same.
        (await lost.Task.Within("the loss")).ShouldBe(ears.Channel);
        redis.Resume();
        await ears.Listening.Within("the channel");
    }
}

/// <summary>Nodes with three Redis servers that know nothing of each other.</summary>
[Trait("Store", "postgres")]
public sealed class SeveralRedisBusTests : BusContract
{
    private protected override async Task<BusRig> StartAsync()
    {
        RedisProcess[] redis = [await RedisProcess.StartAsync(), await RedisProcess.StartAsync(), await RedisProcess.StartAsync()];
        return new RedisRig(redis, string.Join(',', redis.Select(x => x.Address)));
    }
}

/// <summary>Nodes with a Redis Cluster between them; the setting names one server of it that is not there.</summary>
[Trait("Store", "postgres")]
public sealed class RedisClusterBusTests : BusContract
{
    private protected override async Task<BusRig> StartAsync()
    {
        var cluster = await RedisCluster.StartAsync();
        return new RedisRig(cluster.All, $"127.0.0.1:1,{cluster.Addresses}");
    }
}

internal sealed class RedisRig(IReadOnlyList<RedisProcess> servers, string addresses) : BusRig
{
    private readonly List<RedisBus> _nodes = [];

    public override async Task<IBus> JoinAsync()
    {
        using var logs = LoggerFactory.Create(x => x.AddProvider(Log));
        var node = new RedisBus(
            addresses, new BusOptions(), new ThisNode(), Metrics, TimeProvider.System, logs.CreateLogger<RedisBus>());
        _nodes.Add(node);
        await Deadline.Until(() => node.IsConnected, "Redis");
        return node;
    }

    public override async Task TakeAwayAsync()
    {
        foreach (var server in servers) server.Kill();
        await Deadline.Until(() => _nodes.TrueForAll(x => !x.IsConnected), "the loss to be noticed");
    }

    public override Task BringBackAsync() => Task.WhenAll(servers.Select(x => x.StartAgainAsync()));

    public override async Task TellAsNewerAsync(string channel)
    {
        byte[][] messages = [[3, .. new byte[30]], [2], [], [1, 1, .. new byte[40]]];
        foreach (var message in messages) await servers[0].PublishAsync($"maru:{channel}", message);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        foreach (var server in servers) await server.DisposeAsync();
    }
}

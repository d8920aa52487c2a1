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
        var node = new RedisBus(addresses, new BusOptions(), new ThisNode(), TimeProvider.System, logs.CreateLogger<RedisBus>());
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

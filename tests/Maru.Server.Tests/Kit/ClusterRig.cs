using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// Several nodes in this process, on one PostgreSQL database and with the same keys: a token is good on each.
/// With Redis between them, or without.
/// </summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    private readonly Folder _data = new();
    private readonly List<MaruServer> _nodes = [];
    private readonly List<RedisProcess> _redis = [];
    private RedisCluster? _redisCluster;
    private PostgresServer? _postgres;
    private string _database = "";

    /// <summary>
    /// Settings with which nothing but the bus brings a message to another node in time:
    /// the store is looked into once a minute, and believed at the second look.
    /// </summary>
    public static readonly string[] BusOnly = ["--Maru:Engine:TailCheck=00:01:00", "--Maru:Engine:TailCheckAlone=00:01:00"];

    public IReadOnlyList<RedisProcess> Redis => _redisCluster?.All ?? _redis;

    public MaruServer this[int node] => _nodes[node];

    /// <param name="nodes">how many</param>
    /// <param name="redis">how many Redis servers; 0: the nodes find everything in the store</param>
    /// <param name="redisRuns">false: the Redis servers are not there yet</param>
    /// <param name="settings">of all nodes</param>
    public static async Task<ClusterRig> StartAsync(int nodes = 2, int redis = 1, bool redisRuns = true, params string[] settings)
    {
        var cluster = new ClusterRig();
        try
        {
            cluster._postgres = await PostgresServer.Shared;
            cluster._database = await cluster._postgres.MakeDatabaseAsync();
            for (var i = 0; i < redis; i++) cluster._redis.Add(redisRuns ? await RedisProcess.StartAsync() : new RedisProcess());
            for (var i = 0; i < nodes; i++) await cluster.AddNodeAsync(settings);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Two nodes with a Redis Cluster between them.</summary>
    /// <param name="settings">of all nodes</param>
    public static async Task<ClusterRig> StartOnRedisClusterAsync(params string[] settings)
    {
        var cluster = await StartAsync(nodes: 0, redis: 0);
        try
        {
            cluster._redisCluster = await RedisCluster.StartAsync();
            for (var i = 0; i < 2; i++) await cluster.AddNodeAsync(settings);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<MaruServer> AddNodeAsync(params string[] settings) => AddNodeAsync(null, settings);

    /// <param name="adjust">replaces services</param>
    /// <param name="settings">of this node</param>
    public async Task<MaruServer> AddNodeAsync(Action<IServiceCollection>? adjust, params string[] settings)
    {
        var bus = _redisCluster?.Addresses ?? string.Join(',', _redis.Select(x => x.Address));
        var node = await MaruServer.StartAsync(
            null, adjust, [$"--Maru:Database={_database}", $"--Maru:Data={_data.Path}", $"--Maru:Redis={bus}", .. settings]);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Returns the same user as a client of another node.</summary>
    public Person At(int node, Person person)
    {
        var http = ApiCheck.Client(this[node].Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
        return person with { Http = http };
    }

    public Task<StompSocket> ConnectAsync(int node, Person person) => StompSocket.ConnectAsync(this[node].Address, person.AccessToken);

    /// <summary>Returns once that many nodes listen to the room, on whichever Redis it is.</summary>
    public Task ListenedAsync(long room, int nodes = 2) =>
        Deadline.Until(async () => (await ListenersAsync($"maru:r:{room}")).Sum() == nodes, $"{nodes} nodes to listen to room {room}");

    /// <summary>Returns the number of connections that listen to the channel, at each Redis server.</summary>
    public Task<int[]> ListenersAsync(string channel) =>
        _redisCluster?.ListenersAsync(channel) ?? Task.WhenAll(_redis.Select(x => x.ListenersAsync(channel)));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        foreach (var redis in _redis) await redis.DisposeAsync();
        if (_redisCluster is not null) await _redisCluster.DisposeAsync();
        if (_database.Length > 0) await _postgres!.DropDatabaseAsync(_database);
        _data.Dispose();
    }
}

using System.Net.Http.Headers;
using Maru.Engine.Bus;
using Microsoft.Extensions.DependencyInjection;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// Several nodes in this process, on one PostgreSQL database and with the same keys: a token is good on each.
/// With Redis between them, or without. As a class fixture it is two nodes without.
/// </summary>
public sealed class ClusterRig : IAsyncLifetime
{
    private readonly Folder _data = new();
    private readonly List<MaruServer> _nodes = [];
    private readonly List<RedisProcess> _redis = [];
    private string[] _settings = [];
    private RedisCluster? _redisCluster;
    private PostgresServer? _shared;        // on which the database is

    /// <summary>
    /// Settings with which nothing but the bus brings a message to another node in time:
    /// the store is looked into once a minute, and believed at the second look.
    /// </summary>
    public static readonly string[] BusOnly = ["--Maru:Engine:TailCheck=00:01:00", "--Maru:Engine:TailCheckAlone=00:01:00"];

    /// <summary>The connection string.</summary>
    public string Database { get; private set; } = "";

    internal IReadOnlyList<RedisProcess> Redis => _redisCluster?.All ?? _redis;

    public MaruServer this[int node] => _nodes[node];

    /// <param name="nodes">how many</param>
    /// <param name="redis">how many Redis servers; 0: the nodes find everything in the store</param>
    /// <param name="redisRuns">false: the Redis servers are not there yet</param>
    /// <param name="postgres">a PostgreSQL of the test's own; null: the one that all share</param>
    /// <param name="settings">of all nodes</param>
    internal static async Task<ClusterRig> StartAsync(
        int nodes = 2, int redis = 1, bool redisRuns = true, PostgresServer? postgres = null, params string[] settings)
    {
        var cluster = new ClusterRig { _settings = settings };
        try
        {
            await cluster.MakeAsync(nodes, redis, redisRuns, postgres);
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
        var cluster = await StartAsync(nodes: 0, redis: 0, settings: settings);
        try
        {
            cluster._redisCluster = await RedisCluster.StartAsync();
            for (var i = 0; i < 2; i++) await cluster.AddNodeAsync();
            await cluster.ConnectedAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask InitializeAsync() => await MakeAsync(nodes: 2, redis: 0, redisRuns: true, postgres: null);

    public Task<MaruServer> AddNodeAsync(params string[] settings) => AddNodeAsync(null, settings);

    /// <param name="adjust">replaces services</param>
    /// <param name="settings">of this node, on top of the cluster's</param>
    public async Task<MaruServer> AddNodeAsync(Action<IServiceCollection>? adjust, params string[] settings)
    {
        var bus = _redisCluster?.Addresses ?? string.Join(',', _redis.Select(x => x.Address));
        var node = await MaruServer.StartAsync(
            null,
            adjust,
            [$"--Maru:Database={Database}", $"--Maru:Data={_data.Path}", $"--Maru:Redis={bus}", .. _settings, .. settings]);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Ends the node that was added last, in good order.</summary>
    public async Task EndLastAsync()
    {
        var node = _nodes[^1];
        _nodes.Remove(node);
        await node.DisposeAsync();
    }

    /// <summary>Returns the same user as a client of another node.</summary>
    public Person At(int node, Person person)
    {
        var http = ApiCheck.Client(this[node].Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
        return person with { Http = http };
    }

    internal Task<StompSocket> ConnectAsync(int node, Person person) => StompSocket.ConnectAsync(this[node].Address, person.AccessToken);

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
        if (_shared is not null) await _shared.DropDatabaseAsync(Database);
        _data.Dispose();
    }

    private async Task MakeAsync(int nodes, int redis, bool redisRuns, PostgresServer? postgres)
    {
        var server = postgres ?? await PostgresServer.Shared;
        Database = await server.MakeDatabaseAsync();
        if (postgres is null) _shared = server;
        for (var i = 0; i < redis; i++) _redis.Add(redisRuns ? await RedisProcess.StartAsync() : new RedisProcess());
        for (var i = 0; i < nodes; i++) await AddNodeAsync();
        if (redis > 0 && redisRuns) await ConnectedAsync();
    }

    /// <summary>A node looks for Redis while it starts, and does not wait for it: what it is told until then is lost.</summary>
    private Task ConnectedAsync() => Deadline.Until(() => _nodes.TrueForAll(x => x.Service<IBus>().IsConnected), "Redis at each node");
}

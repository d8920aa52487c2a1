using Maru.Server.Storage;
using StackExchange.Redis;

namespace Maru.Server.Bus;

/// <summary>
/// All of Redis: channels in, channels out. The first server that answers is asked whether it belongs to a cluster.
/// If it does, the others in the setting are ways into the same one, and channels are sharded; else each server has its share of channels.
/// Any thread.
/// </summary>
internal sealed class RedisBus : IAsyncDisposable
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    private readonly string[] _endpoints;
    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();        // keeps what is wanted and the links in step, until these are known
    private readonly Dictionary<string, (Action<byte[]> Heard, Action Listening)> _early = [];
    private readonly Task _finding;
    private volatile RedisLink[] _links = [];
    private ulong[] _places = [];               // the links' hashes; set before them

    /// <param name="endpoints">host:port[,host:port], the same on every node</param>
    /// <param name="options">for all servers</param>
    /// <param name="time">a clock</param>
    /// <param name="log">gets what a person must know, once a change</param>
    public RedisBus(string endpoints, BusOptions options, TimeProvider time, ILogger log)
    {
        _endpoints = endpoints.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        (_options, _time, _log) = (options, time, log);
        _finding = Task.Run(FindAsync);
    }

    /// <summary>False while something may be lost.</summary>
    public bool IsConnected => _links is { Length: > 0 } links && Array.TrueForAll(links, x => x.IsConnected);

    /// <inheritdoc cref="RedisLink.Publish"/>
    public void Publish(string channel, byte[] frame) => LinkOf(channel)?.Publish(channel, frame);

    /// <inheritdoc cref="RedisLink.Subscribe"/>
    public void Subscribe(string channel, Action<byte[]> heard, Action listening)
    {
        lock (_gate)
        {
            if (LinkOf(channel) is { } link) link.Subscribe(channel, heard, listening);
            else _early.Add(channel, (heard, listening));
        }
    }

    public void Unsubscribe(string channel)
    {
        lock (_gate)
        {
            if (LinkOf(channel) is { } link) link.Unsubscribe(channel);
            else _early.Remove(channel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _finding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var link in _links) await link.DisposeAsync();
        _stopping.Dispose();
    }

    private RedisLink? LinkOf(string channel) =>
        _links is { Length: > 0 } links ? links[Rendezvous.Choose(Rendezvous.Hash(channel), _places)] : null;

    private async Task FindAsync()
    {
        var connections = await Task.WhenAll(_endpoints.Select(x => ConnectionMultiplexer.ConnectAsync(Settings(x))));
        try
        {
            while (true)
            {
                // Asks what kind of server it is, and a cluster for its other nodes.
                if (Array.Find(connections, x => x.IsConnected) is { } first && await first.ConfigureAsync())
                {
                    await EventLoop.LeaveAsync();
                    await UseAsync(first, connections);
                    return;
                }

                await Task.Delay(AskEvery, _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            foreach (var connection in connections) await connection.DisposeAsync();
        }
    }

    private async Task UseAsync(ConnectionMultiplexer first, ConnectionMultiplexer[] connections)
    {
        var isCluster = Array.Exists(first.GetServers(), x => x.ServerType == ServerType.Cluster);
        RedisLink[] links = isCluster
            ? [new RedisLink("Cluster", first, isCluster, _options, _time, _log)]
            : [.. connections.Select((x, i) => new RedisLink(_endpoints[i], x, isCluster, _options, _time, _log))];
        lock (_gate)
        {
            _places = Array.ConvertAll(links, x => Rendezvous.Hash(x.Name));
            _links = links;
            foreach (var (channel, (heard, listening)) in _early) LinkOf(channel)?.Subscribe(channel, heard, listening);
            _early.Clear();
        }

        foreach (var other in connections.Where(x => isCluster && x != first)) await other.DisposeAsync();
    }

    /// <summary>
    /// A publication fails at once when Redis is away: it would be old before it is sent.
    /// A server that is paused or cut off looks connected; after four patiences without a word from it the library gives the connection up.
    /// </summary>
    private ConfigurationOptions Settings(string endpoint)
    {
        var patience = (int)_options.Patience.TotalMilliseconds;
        return new ConfigurationOptions
        {
            EndPoints = { endpoint },
            ClientName = "maru",
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new LinearRetry(patience),
            ConnectTimeout = 2 * patience,
            ConnectRetry = 1,
            AsyncTimeout = patience,
            HeartbeatInterval = TimeSpan.FromMilliseconds(Math.Min(patience, 1000) / 2),
            HeartbeatConsistencyChecks = true,
            KeepAlive = 1,
            Ssl = _options.Tls,
            Password = _options.Password.Length == 0 ? null : _options.Password,
        };
    }
}

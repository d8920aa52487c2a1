using Maru.Engine.Bus;
using Maru.Server.Cluster;
using Maru.Server.Storage;
using StackExchange.Redis;

namespace Maru.Server.Bus;

/// <summary>
/// The bus over Redis. The first server that responds is asked whether it belongs to a cluster. If it does, the others in the setting are
/// further addresses of the same cluster, and channels are sharded; else each server has its share of the channels. Any thread.
/// </summary>
internal sealed class RedisBus : IBus, IAsyncDisposable
{
    public const string Label = "redis";

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    private readonly string[] _endpoints;
    private readonly BusOptions _options;
    private readonly ThisNode _node;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FrameGuard _guard;
    private readonly BusMetrics _metrics;
    private readonly BusLag _lag;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();        // keeps subscriptions and links in step, until the links are known
    private readonly Dictionary<string, Subscription> _early = [];
    private readonly Task _finding;
    private volatile RedisLink[] _links = [];
    private ulong[] _hashes = [];               // the links' hashes; set before them

    /// <param name="servers"><c>host:port[,host:port]</c></param>
    public RedisBus(string servers, BusOptions options, ThisNode node, BusMetrics metrics, TimeProvider time, ILogger<RedisBus> log)
    {
        _endpoints = servers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        (_options, _node, _time, _log, _guard) = (options, node, time, log, new FrameGuard(log, time));
        (_metrics, _lag) = (metrics, new BusLag(Label, metrics, time));
        metrics.Watch(Label, () => IsConnected);
        _finding = Task.Run(FindAsync);
    }

    /// <summary>Called for a channel of which Redis may not have taken a frame, some moments later and once for many.</summary>
    public Action<BusChannel>? Lost { get; set; }

    public bool IsConnected => _links is { Length: > 0 } links && Array.TrueForAll(links, x => x.IsConnected);

    public int MaxFrameBytes => _options.FrameBytes;

    public bool Carries(BusChannel channel) => Name(channel) is var name && LinkOf(name)?.Carries(name) is true;

    public void Publish(BusChannel channel, ReadOnlySpan<byte> frame)
    {
        var name = Name(channel);
        if (frame.IsEmpty) return;
        if (frame.Length > MaxFrameBytes || LinkOf(name) is not { } link)
        {
            _metrics.Dropped(Label);
            return;
        }

        var wrapped = Envelope.Wrap(_node.Id, frame);
        _lag.Sent(wrapped);
        link.Publish(channel, name, wrapped);
    }

    public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null)
    {
        var subscription = new Subscription(this, Name(channel), heard, listening);
        lock (_gate)
        {
            if (LinkOf(subscription.Name) is { } link) link.Subscribe(subscription.Name, subscription.Hear, listening);
            else _early.Add(subscription.Name, subscription);
        }

        return subscription;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _finding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var link in _links) await link.DisposeAsync();
        _stopping.Dispose();
    }

    private void Lose(BusChannel channel) => Lost?.Invoke(channel);

    private string Name(BusChannel channel) => $"{_options.Prefix}:{channel.Name}";

    private RedisLink? LinkOf(string name) =>
        _links is { Length: > 0 } links ? links[Rendezvous.Choose(Rendezvous.Hash(name), _hashes)] : null;

    private async Task FindAsync()
    {
        var connections = await Task.WhenAll(_endpoints.Select(x => ConnectionMultiplexer.ConnectAsync(RedisSettings.Of(x, _options))));
        try
        {
            while (true)
            {
                // Asks whether the server belongs to a cluster, and a cluster for its other nodes.
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
            ? [new RedisLink("Cluster", first, isCluster, Lose, _options, _metrics, _time, _log)]
            : [.. connections.Select((x, i) => new RedisLink(_endpoints[i], x, isCluster, Lose, _options, _metrics, _time, _log))];
        lock (_gate)
        {
            _hashes = Array.ConvertAll(links, x => Rendezvous.Hash(x.Name));
            _links = links;
            foreach (var (name, wanted) in _early) LinkOf(name)?.Subscribe(name, wanted.Hear, wanted.Listening);
            _early.Clear();
        }

        foreach (var other in connections.Where(x => isCluster && x != first)) await other.DisposeAsync();
    }

    private sealed class Subscription(RedisBus bus, string name, Action<ReadOnlyMemory<byte>> heard, Action? listening) : IDisposable
    {
        public string Name => name;

        public Action? Listening => listening;

        public void Hear(byte[] message)
        {
            if (!Envelope.TryOpen(message, bus._node.Id, out var frame))
            {
                bus._lag.Heard(message);
                return;
            }

            bus._metrics.Received(Label, frame.Length);
            bus._guard.Call(heard, frame);
        }

        public void Dispose()
        {
            lock (bus._gate)
            {
                if (bus.LinkOf(name) is { } link) link.Unsubscribe(name);
                else bus._early.Remove(name);
            }
        }
    }
}

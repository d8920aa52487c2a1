using Maru.Engine.Bus;
using Maru.Engine.Queues;
using StackExchange.Redis;

namespace Maru.Server.Bus;

/// <summary>
/// One Redis server, or one cluster: channels in, channels out. The library remembers subscriptions, whether or not Redis is there at the
/// moment, and repeats them with every new connection. Any thread.
/// </summary>
internal sealed partial class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionMultiplexer _connection;
    private readonly ISubscriber _subscriber;
    private readonly bool _isCluster;
    private readonly ByteBudget _waiting;       // bytes of publications that Redis has not taken yet
    private readonly BusMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Action?> _listening = [];       // called when a channel is listened to anew
    private readonly HashSet<BusChannel> _lost = [];                    // channels of which a publication was lost; its own lock
    private readonly Action<BusChannel> _lose;
    private readonly ITimer _looks;
    private int _connections;                   // made until now; under the gate
    private bool? _told;                        // the state that was logged last

    /// <param name="name">for the log, and to share channels by: the same on every node</param>
    /// <param name="connection">made already, connected or not; the link's own from now on</param>
    /// <param name="isCluster">the connection is one to a Redis Cluster: channels are sharded</param>
    /// <param name="lose">called for a channel of which publications may be lost</param>
    /// <param name="options">for all links</param>
    /// <param name="metrics">of all links</param>
    /// <param name="time">for a look now and then at the connection: the library does not tell of every loss</param>
    /// <param name="log">for the operator, once a change</param>
    public RedisLink(
        string name, ConnectionMultiplexer connection, bool isCluster, Action<BusChannel> lose, BusOptions options, BusMetrics metrics,
        TimeProvider time, ILogger log)
    {
        (Name, _connection, _isCluster, _lose, _metrics, _time, _log) = (
            name, connection, isCluster, lose, metrics, time, log);
        _subscriber = connection.GetSubscriber();
        _waiting = new ByteBudget(options.PublishBytes);
        connection.ConnectionRestored += (_, _) => ListenedAgain();
        _looks = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
        Look();
    }

    public string Name { get; }

    /// <summary>True when every server that has a share of the channels is connected.</summary>
    public bool IsConnected => _connection.IsConnected && (!_isCluster || HasAllShards());

    /// <summary>Returns whether the server that has the channel is connected.</summary>
    public bool Carries(string channel) => _isCluster ? _subscriber.IsConnected(ChannelOf(channel)) : _connection.IsConnected;

    /// <summary>Sends a message if Redis is there and not too much waits for it; else the message is lost.</summary>
    public void Publish(BusChannel channel, string name, byte[] message)
    {
        if (_connection.IsConnected && _waiting.TryTake(message.Length)) _ = PublishAsync(channel, ChannelOf(name), message);
        else Lose(channel);
    }

    /// <summary>Listens until <see cref="Unsubscribe"/>, over any number of connections.</summary>
    /// <param name="channel">its name</param>
    /// <param name="heard">called for each message, in the order in which Redis sent them</param>
    /// <param name="listening">called whenever the channel is listened to anew</param>
    public void Subscribe(string channel, Action<byte[]> heard, Action? listening)
    {
        lock (_gate)
        {
            _listening.Add(channel, listening);
            _ = SubscribeAsync(channel, heard, listening);      // asks before it waits: in the order of the calls
        }
    }

    public void Unsubscribe(string channel)
    {
        lock (_gate)
        {
            if (_listening.Remove(channel)) _ = _subscriber.UnsubscribeAsync(ChannelOf(channel), flags: CommandFlags.FireAndForget);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _listening.Clear();
        await _looks.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static bool IsLoss(Exception e) =>
        e is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException;

    private static void Nothing(RedisChannel channel, RedisValue message)
    {
    }

    private RedisChannel ChannelOf(string name) => _isCluster ? RedisChannel.Sharded(name) : RedisChannel.Literal(name);

    private async Task PublishAsync(BusChannel channel, RedisChannel name, byte[] message)
    {
        try
        {
            await _subscriber.PublishAsync(name, message).ConfigureAwait(false);
            _metrics.Sent(RedisBus.Label, message.Length);
        }
        catch (Exception e) when (IsLoss(e))
        {
            Lose(channel);      // or it was published, and the response is lost
        }
        finally
        {
            _waiting.Return(message.Length);
        }
    }

    private void Lose(BusChannel channel)
    {
        _metrics.Dropped(RedisBus.Label);
        lock (_lost) _lost.Add(channel);
    }

    private async Task SubscribeAsync(string channel, Action<byte[]> heard, Action? listening)
    {
        var listened = ListenedAsync(channel, listening);       // first: the first request decides whether the library waits for Redis

        // The queue keeps the order; its reader is a task of the thread pool, not the event loop that the message came in on.
        var queue = await _subscriber.SubscribeAsync(ChannelOf(channel), CommandFlags.FireAndForget).ConfigureAwait(false);
        queue.OnMessage(message => heard((byte[])message.Message!));
        await listened.ConfigureAwait(false);
    }

    /// <summary>
    /// Calls <paramref name="listening"/> once Redis has confirmed the channel. When the connection is made anew before, another call does.
    /// Called under the lock, goes on outside of it.
    /// </summary>
    private async Task ListenedAsync(string channel, Action? listening)
    {
        if (listening is null) return;
        var connection = _connections;
        while (!await ConfirmAsync(ChannelOf(channel)).ConfigureAwait(false))
        {
            await Task.Delay(LookEvery, _time).ConfigureAwait(false);
            lock (_gate)
            {
                if (_connections != connection || !_listening.TryGetValue(channel, out var now) || now != listening) return;
            }
        }

        listening();
    }

    /// <summary>
    /// Returns whether Redis has confirmed the channel. A ping could not tell: in a cluster it goes to any server. The library passes the
    /// confirmation on only to a subscriber without a queue, so one whose handler does nothing subscribes and leaves.
    /// </summary>
    private async Task<bool> ConfirmAsync(RedisChannel channel)
    {
        try
        {
            await _subscriber.SubscribeAsync(channel, Nothing).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            lock (_gate) _ = _subscriber.UnsubscribeAsync(channel, Nothing, CommandFlags.FireAndForget);
            return true;
        }
        catch (Exception e) when (IsLoss(e))
        {
            return false;
        }
    }

    /// <summary>Called when the library has repeated all subscriptions.</summary>
    private void ListenedAgain()
    {
        lock (_gate)
        {
            _connections++;
            foreach (var (channel, listening) in _listening) _ = ListenedAsync(channel, listening);
        }
    }

    private void Look()
    {
        TellLosses();
        var isConnected = IsConnected;
        lock (_gate)
        {
            if (isConnected == _told) return;
            _told = isConnected;
        }

        if (isConnected) Log.Answers(_log, Name);
        else Log.Away(_log, Name);
        if (isConnected) ListenedAgain();
    }

    private void TellLosses()
    {
        BusChannel[] lost;
        lock (_lost)
        {
            lost = [.. _lost];
            _lost.Clear();
        }

        foreach (var channel in lost) _lose(channel);
    }

    /// <summary>Returns whether all shards are connected. A server that died, and whose slots another one has now, is not missed.</summary>
    private bool HasAllShards()
    {
        var known = Array.Find(_connection.GetServers(), x => x.IsConnected)?.ClusterConfiguration;
        if (known is null) return false;
        var owners = known.Nodes.Where(x => !x.IsReplica && x.Slots.Count > 0);
        return owners.All(x => x.EndPoint is { } at && _connection.GetServer(at).IsConnected);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Redis {Server} answers: nodes hear of each other at once")]
        public static partial void Answers(ILogger log, string server);

        [LoggerMessage(LogLevel.Warning, "Redis {Server} does not answer: messages between nodes take until the next look into the store")]
        public static partial void Away(ILogger log, string server);
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using Maru.Engine.Queues;
using StackExchange.Redis;

namespace Maru.Server.Bus;

/// <summary>
/// One Redis server, or one cluster: channels in, channels out.
/// The library connects again when a connection is lost, and listens again to what was listened to; here stands which channels are wanted.
/// Subscribing and unsubscribing go in rounds, so that those of one channel never overtake each other. Any thread.
/// </summary>
internal sealed partial class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionMultiplexer _connection;
    private readonly ISubscriber _subscriber;
    private readonly bool _isCluster;
    private readonly ByteBudget _waiting;       // bytes of publications that Redis has not taken yet
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Listener> _wanted = [];
    private readonly HashSet<string> _changed = [];             // channels that the next round looks at
    private readonly ConcurrentDictionary<string, Listener> _held = new();     // the rounds' own: what Redis was asked
    private readonly Channel<bool> _rounds =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _looks;
    private readonly Task _running;
    private volatile bool _takesSome;           // of the servers at least one is connected
    private volatile bool _isConnected;
    private volatile bool _isRestored;
    private bool? _told;                        // what the log said last

    /// <param name="name">for the log, and to share channels by: the same on every node</param>
    /// <param name="connection">made already, connected or not; the link's own from now on</param>
    /// <param name="isCluster">the connection is one to a Redis Cluster: channels are sharded</param>
    /// <param name="options">for all links</param>
    /// <param name="time">for a look now and then, beside those that the library asks for</param>
    /// <param name="log">gets what a person must know, once a change</param>
    public RedisLink(string name, ConnectionMultiplexer connection, bool isCluster, BusOptions options, TimeProvider time, ILogger log)
    {
        (Name, _connection, _isCluster, _log) = (name, connection, isCluster, log);
        _subscriber = connection.GetSubscriber();
        _waiting = new ByteBudget(options.PublishBytes);
        connection.ConnectionFailed += (_, _) => Look();
        connection.ConnectionRestored += (_, _) =>
        {
            _isRestored = true;
            Look();
        };
        _running = Task.Run(RunAsync);
        _looks = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
        Look();
    }

    public string Name { get; }

    /// <summary>Every server that has a share of the channels is connected.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Sends if Redis is there and not too much waits for it; else the frame is lost.</summary>
    public void Publish(string channel, byte[] frame)
    {
        if (_takesSome && _waiting.TryTake(frame.Length)) _ = PublishAsync(channel, frame);
    }

    /// <summary>Listens until <see cref="Unsubscribe"/>, over any number of connections. A channel has one listener.</summary>
    /// <param name="channel">its name</param>
    /// <param name="heard">called for each frame, in the order in which Redis sent them</param>
    /// <param name="listening">called whenever the channel is listened to anew: something may have been missed before</param>
    public void Subscribe(string channel, Action<byte[]> heard, Action listening) => Change(channel, new Listener(heard, listening));

    public void Unsubscribe(string channel) => Change(channel, null);

    public async ValueTask DisposeAsync()
    {
        await _looks.DisposeAsync();
        _rounds.Writer.TryComplete();
        await _running;
        await _connection.DisposeAsync();
    }

    private static bool IsLoss(Exception e) =>
        e is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException;

    private RedisChannel ChannelOf(string name) => _isCluster ? RedisChannel.Sharded(name) : RedisChannel.Literal(name);

    private void Look() => _rounds.Writer.TryWrite(true);

    private void Change(string channel, Listener? listener)
    {
        lock (_gate)
        {
            if (listener is null) _wanted.Remove(channel);
            else _wanted.Add(channel, listener);
            _changed.Add(channel);
        }

        Look();
    }

    private async Task PublishAsync(string channel, byte[] frame)
    {
        try
        {
            await _subscriber.PublishAsync(ChannelOf(channel), frame).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e))
        {
            // a hint that is lost
        }
        finally
        {
            _waiting.Return(frame.Length);
        }
    }

    private async Task RunAsync()
    {
        await foreach (var _ in _rounds.Reader.ReadAllAsync())
        {
            NoteConnection();
            if (!_takesSome) continue;
            if (_isRestored) await ListenedAgainAsync();
            string[] changed;
            lock (_gate)
            {
                changed = [.. _changed];
                _changed.Clear();
            }

            await Task.WhenAll(changed.Select(ApplyAsync));
        }
    }

    private void NoteConnection()
    {
        _takesSome = _connection.IsConnected;
        _isConnected = _takesSome && (!_isCluster || HasAllShards());
        if (_isConnected == _told) return;
        _told = _isConnected;
        _isRestored = true;     // the library does not tell of every connection that it lost and made again
        if (_isConnected) Log.Answers(_log, Name);
        else Log.Away(_log, Name);
    }

    /// <summary>A server that died, and whose slots another one has now, is not missed.</summary>
    private bool HasAllShards()
    {
        var known = Array.Find(_connection.GetServers(), x => x.IsConnected)?.ClusterConfiguration;
        if (known is null) return false;
        var owners = known.Nodes.Where(x => !x.IsReplica && x.Slots.Count > 0);
        return owners.All(x => x.EndPoint is { } at && _connection.GetServer(at).IsConnected);
    }

    /// <summary>The library has asked for all channels again: when a ping behind that is answered, they are listened to.</summary>
    private async Task ListenedAgainAsync()
    {
        _isRestored = false;
        try
        {
            await _subscriber.PingAsync();
        }
        catch (Exception e) when (IsLoss(e))
        {
            _isRestored = true;
            return;
        }

        foreach (var (_, listener) in _held) listener.Listening();
    }

    private async Task ApplyAsync(string name)
    {
        Listener? wanted;
        lock (_gate) _wanted.TryGetValue(name, out wanted);
        try
        {
            if (_held.TryGetValue(name, out var held) && held != wanted)
            {
                await _subscriber.UnsubscribeAsync(ChannelOf(name));
                _held.TryRemove(name, out _);
            }

            if (wanted is null || held == wanted) return;
            // The queue keeps the order; its reader is a task of the thread pool, not the event loop that the frame came in on.
            (await _subscriber.SubscribeAsync(ChannelOf(name))).OnMessage(message => wanted.Heard((byte[])message.Message!));
            _held[name] = wanted;
            wanted.Listening();
        }
        catch (Exception e) when (IsLoss(e))
        {
            // The library may have kept a queue that nobody would read. Tried again at the next look.
            _held[name] = Listener.None;
            lock (_gate) _changed.Add(name);
        }
    }

    private sealed class Listener(Action<byte[]> heard, Action listening)
    {
        public Action<byte[]> Heard => heard;

        public Action Listening => listening;

        /// <summary>Something of the channel may be left over, and must go before it is listened to.</summary>
        public static readonly Listener None = new(static _ => { }, static () => { });
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Redis {Server} answers: nodes hear of each other at once")]
        public static partial void Answers(ILogger log, string server);

        [LoggerMessage(LogLevel.Warning, "Redis {Server} does not answer: messages between nodes take until the next look into the store")]
        public static partial void Away(ILogger log, string server);
    }
}

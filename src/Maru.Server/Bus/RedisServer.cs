using StackExchange.Redis;

namespace Maru.Server.Bus;

/// <summary>
/// One Redis server, as the backplane uses it: channels in, channels out. A connection is used until it fails or does not answer a ping within the patience (a server that
/// is paused or cut off looks connected for a long time); then another one is made, as often as it takes, and listens to the same channels. Any thread.
/// </summary>
internal sealed partial class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, Action<RedisChannel, RedisValue>> _channels = [];     // and the lock that keeps it and the link's subscriptions in step
    private readonly BackplaneOptions _options;
    private readonly ConfigurationOptions _settings;
    private readonly Action _listensAgain;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private volatile Link? _link;

    /// <param name="endpoint">host:port</param>
    /// <param name="options">for all servers</param>
    /// <param name="listensAgain">called when it answers after it did not</param>
    /// <param name="time">for the pings</param>
    /// <param name="log">gets what a person must know, once a change</param>
    public RedisServer(string endpoint, BackplaneOptions options, Action listensAgain, TimeProvider time, ILogger log)
    {
        (Name, _options, _listensAgain, _time, _log) = (endpoint, options, listensAgain, time, log);
        _settings = new ConfigurationOptions
        {
            ClientName = "maru",
            AbortOnConnectFail = true,      // we try again ourselves
            ConnectTimeout = (int)options.Patience.TotalMilliseconds * 2,
            ConnectRetry = 1,
            KeepAlive = 5,
            Ssl = options.Tls,
            Password = options.Password.Length == 0 ? null : options.Password,
        };
        _settings.EndPoints.Add(endpoint);
        _running = Task.Run(RunAsync);
    }

    public string Name { get; }

    /// <summary>It answers, and listens to every channel.</summary>
    public bool Answers => _link is { Listens: true };

    /// <summary>Sends if it answers and not too much waits for it; else the message is lost.</summary>
    public void Publish(string channel, byte[] message)
    {
        if (_link is { Listens: true } link && Interlocked.Read(ref link.Waiting) <= _options.PublishBytes) _ = PublishAsync(link, channel, message);
    }

    /// <summary>Until <see cref="StopListening"/>, over any number of connections. True once it listens; false: it does not yet, and will as soon as it is connected.</summary>
    public Task<bool> ListenAsync(string channel, Action<byte[]> heard)
    {
        Action<RedisChannel, RedisValue> handler = (_, message) => heard(message!);
        lock (_channels)
        {
            _channels.Add(channel, handler);
            return _link is { } link ? SucceedsAsync(() => link.Subscriber.SubscribeAsync(channel, handler)) : Task.FromResult(false);
        }
    }

    public void StopListening(string channel)
    {
        lock (_channels)
        {
            if (_channels.Remove(channel, out var handler) && _link is { } link) _ = SucceedsAsync(() => link.Subscriber.UnsubscribeAsync(channel, handler));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private static async Task PublishAsync(Link link, string channel, byte[] message)
    {
        Interlocked.Add(ref link.Waiting, message.Length);
        await SucceedsAsync(() => link.Subscriber.PublishAsync(channel, message)).ConfigureAwait(false);
        Interlocked.Add(ref link.Waiting, -message.Length);
    }

    /// <summary>What fails was a hint that is lost.</summary>
    private static async Task<bool> SucceedsAsync(Func<Task> request)
    {
        try
        {
            await request().ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RunAsync()
    {
        var isAway = false;
        while (!_stopping.IsCancellationRequested)
        {
            if (await ConnectAsync() is { } connection)
            {
                if (await ListenAsync(connection))
                {
                    isAway = false;
                    Log.Answers(_log, Name);
                    _listensAgain();
                    await StayAsync(connection);
                }

                _link = null;
                connection.Close(allowCommandsToComplete: false);
                connection.Dispose();
            }

            if (_stopping.IsCancellationRequested) return;
            if (!isAway) Log.Away(_log, Name);
            isAway = true;
            await SucceedsAsync(() => Task.Delay(PingEvery, _time, _stopping.Token));
        }
    }

    private async Task<ConnectionMultiplexer?> ConnectAsync()
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(_settings);
        }
        catch (Exception e)
        {
            Log.CannotConnect(_log, Name, e);
            return null;
        }
    }

    private async Task<bool> ListenAsync(ConnectionMultiplexer connection)
    {
        var link = new Link(connection.GetSubscriber());
        List<Task> listening = [];
        lock (_channels)
        {
            foreach (var (channel, handler) in _channels) listening.Add(link.Subscriber.SubscribeAsync(channel, handler));
            _link = link;
        }

        return link.Listens = await SucceedsAsync(() => Task.WhenAll(listening).WaitAsync(_options.Patience * 10, _time, _stopping.Token));
    }

    /// <summary>Ends when the connection is of no use any more.</summary>
    private async Task StayAsync(ConnectionMultiplexer connection)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionFailed += (_, _) => lost.TrySetResult();
        var subscriber = connection.GetSubscriber();
        var database = connection.GetDatabase();
        while (!lost.Task.IsCompleted && await SucceedsAsync(() => Task.WhenAll(subscriber.PingAsync(), database.PingAsync()).WaitAsync(_options.Patience, _time, _stopping.Token)))
            await Task.WhenAny(lost.Task, Task.Delay(PingEvery, _time, _stopping.Token));
    }

    /// <summary>A connection, and the bytes of publications that wait for it.</summary>
    private sealed class Link(ISubscriber subscriber)
    {
        public long Waiting;

        private volatile bool _listens;

        public ISubscriber Subscriber { get; } = subscriber;

        public bool Listens
        {
            get => _listens;
            set => _listens = value;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Redis {Server} answers: nodes hear of each other at once")]
        public static partial void Answers(ILogger log, string server);

        [LoggerMessage(LogLevel.Warning, "Redis {Server} does not answer: messages between nodes take until the next look into the store")]
        public static partial void Away(ILogger log, string server);

        [LoggerMessage(LogLevel.Debug, "Redis {Server} cannot be connected to")]
        public static partial void CannotConnect(ILogger log, string server, Exception e);
    }
}

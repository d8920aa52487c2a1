using StackExchange.Redis;

namespace Maru.Server.Backplane;

/// <summary>
/// One Redis server, as the backplane uses it: channels in, channels out. The connection is made again by itself and listens to the same channels then. Whether it
/// answers is asked every half second, for a server that is paused or cut off looks connected for a long time. Any thread.
/// </summary>
internal sealed partial class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionMultiplexer _connection;
    private readonly ISubscriber _subscriber;
    private readonly BackplaneOptions _options;
    private readonly Action _listensAgain;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _pinging;
    private volatile bool _answers;
    private long _waiting;

    /// <param name="endpoint">host:port</param>
    /// <param name="options">for all servers</param>
    /// <param name="listensAgain">called when it answers after it did not</param>
    /// <param name="time">for the pings</param>
    /// <param name="log">gets what a person must know, once a change</param>
    public RedisServer(string endpoint, BackplaneOptions options, Action listensAgain, TimeProvider time, ILogger log)
    {
        (Name, _options, _listensAgain, _time, _log) = (endpoint, options, listensAgain, time, log);
        var settings = new ConfigurationOptions
        {
            ClientName = "maru",
            AbortOnConnectFail = false,
            ConnectTimeout = (int)options.Patience.TotalMilliseconds * 2,
            ConnectRetry = 1,
            KeepAlive = 5,
            SyncTimeout = 5000,
            Ssl = options.Tls,
            Password = options.Password.Length == 0 ? null : options.Password,
        };
        settings.EndPoints.Add(endpoint);
        _connection = ConnectionMultiplexer.Connect(settings);
        _subscriber = _connection.GetSubscriber();
        _pinging = Task.Run(PingAsync);
    }

    public string Name { get; }

    public bool Answers => _answers;

    /// <summary>Sends if it answers and not too much waits for it; else the message is lost.</summary>
    public void Publish(string channel, byte[] message)
    {
        if (!_answers || Interlocked.Read(ref _waiting) > _options.PublishBytes) return;
        Interlocked.Add(ref _waiting, message.Length);
        _ = PublishAsync(channel, message);
    }

    /// <summary>Until <see cref="UnsubscribeAsync"/>, also over a loss of the connection. False: it does not listen yet, and will as soon as it is connected.</summary>
    public async Task<bool> SubscribeAsync(string channel, Action<byte[]> heard)
    {
        try
        {
            await _subscriber.SubscribeAsync(channel, (_, message) => heard(message)).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }

    public async Task UnsubscribeAsync(string channel)
    {
        try
        {
            await _subscriber.UnsubscribeAsync(channel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // who is not connected does not listen
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _pinging;
        _connection.Dispose();
        _stopping.Dispose();
    }

    private async Task PublishAsync(string channel, byte[] message)
    {
        try
        {
            await _subscriber.PublishAsync(channel, message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // a hint that is lost
        }
        finally
        {
            Interlocked.Add(ref _waiting, -message.Length);
        }
    }

    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(PingEvery, _time);
        try
        {
            do
            {
                var answers = await AnswersAsync();
                if (answers == _answers) continue;
                _answers = answers;
                if (answers)
                {
                    Log.Answers(_log, Name);
                    _listensAgain();
                }
                else
                {
                    Log.Away(_log, Name);
                }
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // the server goes down
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await _subscriber.PingAsync().WaitAsync(_options.Patience, _time, _stopping.Token);
            return _connection.GetServer(Name).IsConnected && _subscriber.IsConnected();
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Redis {Server} answers: nodes hear of each other at once")]
        public static partial void Answers(ILogger log, string server);

        [LoggerMessage(LogLevel.Warning, "Redis {Server} does not answer: messages between nodes take until the next look into the store")]
        public static partial void Away(ILogger log, string server);
    }
}

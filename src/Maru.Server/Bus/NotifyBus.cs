using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Maru.Engine.Bus;
using Maru.Engine.Queues;
using Maru.Server.Cluster;

namespace Maru.Server.Bus;

/// <summary>
/// The bus through the store: NOTIFY after the commit and beside the request. While the store is away frames wait, bounded in bytes; full
/// means that a frame is dropped. Frames with <see cref="Travel.Sure"/> are also read from the store when this node listens again. An empty
/// frame says that others may be lost. Any thread.
/// </summary>
internal sealed partial class NotifyBus : BackgroundService, IBus
{
    private const string Label = "postgres";
    private const int FramesAtOnce = 100;

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(1);

    private readonly NoticeBoard _board;
    private readonly ThisNode _node;
    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FrameGuard _guard;
    private readonly BusMetrics _metrics;
    private readonly BusLag _lag;
    private readonly ByteBudget _waiting;
    private readonly Channel<Frame> _frames = Channel.CreateUnbounded<Frame>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _order = new();       // keeps frames' numbers in the order of the queue
    private readonly HashSet<BusChannel> _doubted = [];     // whose empty frame waits; under the order's lock
    private readonly ConcurrentDictionary<string, Subscription> _subscriptions = new();
    private readonly Dictionary<Guid, Hearing> _heard = [];     // of each node; the listening loop's own
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);     // listens, or has failed to
    private long _number;
    private Task _telling = Task.CompletedTask;
    private volatile bool _isListening;
    private volatile bool _isClosing;
    private bool _isLost;

    public NotifyBus(NoticeBoard board, ThisNode node, BusOptions options, BusMetrics metrics, TimeProvider time, ILogger<NotifyBus> log)
    {
        (_board, _node, _options, _time, _log) = (board, node, options, time, log);
        (_guard, _waiting) = (new FrameGuard(log, time), new ByteBudget(options.PublishBytes));
        (_metrics, _lag) = (metrics, new BusLag(Label, metrics, time));
        metrics.Watch(Label, () => _isListening);
    }

    public bool IsConnected => _isListening;

    public int MaxFrameBytes => _options.FrameBytes;

    public bool Carries(BusChannel channel) => true;

    public void Publish(BusChannel channel, ReadOnlySpan<byte> frame)
    {
        if (frame.IsEmpty) return;
        if (frame.Length > MaxFrameBytes)
        {
            _metrics.Dropped(Label);
            return;
        }

        if (_waiting.TryTake(frame.Length))
        {
            Put(channel, frame.ToArray());
            return;
        }

        Log.Dropped(_log, channel.Name);
        _metrics.Dropped(Label);
        Doubt(channel);
    }

    /// <summary>
    /// Tells the other nodes that frames of this one on the channel may be lost: for them it is as if they listened anew.
    /// </summary>
    public void Doubt(BusChannel channel)
    {
        lock (_order)
        {
            if (_doubted.Add(channel)) Put(channel, []);
        }
    }

    public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null)
    {
        var subscription = new Subscription(this, channel.Name, heard, listening);
        if (!_subscriptions.TryAdd(channel.Name, subscription)) throw new InvalidOperationException($"{channel.Name} has a subscription.");
        if (_isListening) listening?.Invoke();
        return subscription;
    }

    /// <summary>Returns when this node listens: who connected to it before that would miss what they are told.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await _begun.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Sends the waiting frames before it stops.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _isClosing = true;
        _frames.Writer.TryComplete();
        await _telling.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _telling = Task.Run(() => TellAsync(stoppingToken), CancellationToken.None);
        return Task.WhenAll(_telling, Task.Run(() => ListenAsync(stoppingToken), CancellationToken.None));
    }

    private void Put(BusChannel channel, byte[] frame)
    {
        if (frame.Length > 0) _lag.Sent(frame);
        lock (_order) _frames.Writer.TryWrite(new Frame(channel, ++_number, frame));
    }

    private async Task TellAsync(CancellationToken ct)
    {
        List<Frame> frames = [];
        var forgotten = 0L;
        while (await _frames.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (frames.Count < FramesAtOnce && _frames.Reader.TryRead(out var frame)) frames.Add(frame);
            lock (_order) _doubted.ExceptWith(frames.Where(x => x.Bytes.Length == 0).Select(x => x.Channel));
            bool isTold;
            while (!(isTold = await TryAsync(() => TellAsync(frames, ct), ct)) && !_isClosing) await Task.Delay(Again, _time, ct);
            foreach (var frame in frames)
            {
                _waiting.Return(frame.Bytes.Length);
                if (isTold) _metrics.Sent(Label, frame.Bytes.Length);
                else _metrics.Dropped(Label);
            }

            frames.Clear();
            if (_time.GetElapsedTime(forgotten) < ForgetEvery) continue;
            forgotten = _time.GetTimestamp();
            await TryAsync(() => _board.ForgetAsync(ct), ct);
        }
    }

    private Task TellAsync(List<Frame> frames, CancellationToken ct) => _board.TellAsync(
        [.. frames.SelectMany(PayloadsOf)], [.. frames.Where(x => x.Channel.Travel == Travel.Sure).SelectMany(PayloadsOf)], ct);

    private IEnumerable<string> PayloadsOf(Frame frame) => Notice.Payloads(_node.Id, frame.Number, frame.Channel.Name, frame.Bytes);

    /// <summary>
    /// Tries once to write. A frame whose write succeeded without a response is sent twice, and received once: by its number.
    /// </summary>
    private async Task<bool> TryAsync(Func<Task> write, CancellationToken ct)
    {
        try
        {
            await write();
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Untold(_log, e.Message);
            return false;
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                try
                {
                    await _board.ListenAsync(() => ListeningAsync(ct), Hear, ct);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    _isListening = false;
                    _begun.TrySetException(e);
                    if (!_isLost) Log.Lost(_log, e);
                    _isLost = true;
                }

                await Task.Delay(Again, _time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    /// <summary>
    /// Reads the kept frames. The first time they only show each node's number; later, those with a higher number were missed.
    /// </summary>
    private async Task ListeningAsync(CancellationToken ct)
    {
        foreach (var payload in await _board.KeptAsync(ct)) Hear(payload);
        _isListening = true;
        _begun.TrySetResult();
        if (_isLost) Log.Listens(_log);
        _isLost = false;
        foreach (var (_, subscription) in _subscriptions) subscription.Listening?.Invoke();
    }

    private void Hear(string payload) => _guard.Call(Take, payload);

    private void Take(string payload)
    {
        if (Notice.Read(payload) is not { } notice) return;
        if (notice.Node == _node.Id)
        {
            _lag.Heard(notice.Bytes.Span);      // of a frame in several pieces none is the same
            return;
        }

        _metrics.Received(Label, notice.Bytes.Length);
        if (!_heard.TryGetValue(notice.Node, out var hearing)) _heard.Add(notice.Node, hearing = new Hearing());
        if (hearing.Take(notice) is not { } frame || !_begun.Task.IsCompletedSuccessfully) return;
        if (!_subscriptions.TryGetValue(notice.Channel, out var subscription)) return;
        if (frame.Length > 0) subscription.Heard(frame);
        else subscription.Listening?.Invoke();
    }

    private sealed record Frame(BusChannel Channel, long Number, byte[] Bytes);

    /// <summary>The number of the last frame that was received from a node, and the parts of its next frame.</summary>
    private sealed class Hearing
    {
        private readonly ArrayBufferWriter<byte> _parts = new(16);
        private long _last;
        private int _next;

        /// <summary>Takes a part; returns the frame with its last part, and null when it was received before.</summary>
        public byte[]? Take(in Notice notice)
        {
            if (notice.Number <= _last) return null;
            if (notice.Part == 0) Begin();
            if (notice.Part != _next) return null;
            _next++;
            _parts.Write(notice.Bytes.Span);
            if (_next < notice.Parts) return null;
            _last = notice.Number;
            return _parts.WrittenSpan.ToArray();
        }

        private void Begin()
        {
            _next = 0;
            _parts.ResetWrittenCount();
        }
    }

    private sealed class Subscription(NotifyBus bus, string channel, Action<ReadOnlyMemory<byte>> heard, Action? listening) : IDisposable
    {
        public Action<ReadOnlyMemory<byte>> Heard => heard;

        public Action? Listening => listening;

        public void Dispose() => bus._subscriptions.TryRemove(new KeyValuePair<string, Subscription>(channel, this));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Other nodes are not heard: the store is away")]
        public static partial void Lost(ILogger log, Exception e);

        [LoggerMessage(LogLevel.Information, "Other nodes are heard again")]
        public static partial void Listens(ILogger log);

        [LoggerMessage(LogLevel.Debug, "The other nodes could not be told: {Reason}")]
        public static partial void Untold(ILogger log, string reason);

        [LoggerMessage(LogLevel.Warning, "Too much waits to be told to the other nodes: something on {Channel} was dropped")]
        public static partial void Dropped(ILogger log, string channel);
    }
}

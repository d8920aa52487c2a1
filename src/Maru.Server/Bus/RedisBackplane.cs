using System.Globalization;
using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Rooms;

namespace Maru.Server.Bus;

/// <summary>
/// Nodes tell each other over Redis: a channel a room, listened to while the node has a use for the room and a little longer.
/// Nothing here waits for Redis. What is lost is found in the log: see <see cref="TailWatch"/>. Any thread.
/// </summary>
internal sealed partial class RedisBackplane : IBackplane, IAsyncDisposable
{
    /// <summary>A room whose last use is over is listened to until the next sweep: a request uses its room for a moment.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);

    private readonly Guid _node = Guid.NewGuid();
    private readonly BusOptions _options;
    private readonly RedisBus _redis;
    private readonly Dictionary<RoomId, int> _uses = [];    // of the rooms that are listened to, and its own lock; 0: waits for the sweep
    private readonly ITimer _sweep;
    private readonly ILogger _log;
    private ChatEngine? _engine;

    public RedisBackplane(MaruOptions maru, TimeProvider time, ILogger<RedisBackplane> log)
    {
        (_options, _log) = (maru.Bus, log);
        _redis = new RedisBus(maru.Redis, _options, time, log);
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    public bool IsConnected => _redis.IsConnected;

    /// <summary>Where what it hears goes. Called once, before the engine starts.</summary>
    public void Attach(ChatEngine engine) => _engine = engine;

    public void Publish(RoomId room, IReadOnlyList<Entry> run) =>
        _redis.Publish(Channel(room), BackplaneFrames.Run(_node, run, _options.FrameBytes));

    public void Publish(RoomId room, SignalFrame signal)
    {
        if (signal.Bytes <= _options.FrameBytes) _redis.Publish(Channel(room), BackplaneFrames.Signal(_node, signal));
    }

    /// <summary>What concerns no room.</summary>
    /// <param name="topic">of the channel's name</param>
    /// <param name="heard">gets frames of other nodes</param>
    public void Listen(string topic, Action<byte[]> heard) =>
        _redis.Subscribe(Channel(topic), frame => Read(frame, _ => heard(frame)), () => { });

    /// <inheritdoc cref="Listen"/>
    /// <param name="topic">of the channel's name</param>
    /// <param name="frame">what to send, as this node</param>
    public void Publish(string topic, Func<Guid, byte[]> frame) => _redis.Publish(Channel(topic), frame(_node));

    public void Use(RoomId room)
    {
        lock (_uses)
        {
            var listens = _uses.TryGetValue(room, out var uses);
            _uses[room] = uses + 1;
            // What was committed after the room's head was read, and before this came through, nobody told us.
            if (!listens) _redis.Subscribe(Channel(room), frame => Hear(room, frame), () => _engine?.CheckTail(room));
        }
    }

    public void Release(RoomId room)
    {
        lock (_uses) _uses[room]--;
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private string Channel(RoomId room) => string.Create(CultureInfo.InvariantCulture, $"{_options.Prefix}:r:{room.Value}");

    private string Channel(string topic) => $"{_options.Prefix}:{topic}";

    private void Hear(RoomId room, byte[] frame)
    {
        if (_engine is not { } engine) return;
        Read(frame, kind =>
        {
            switch (kind)
            {
                case BackplaneKind.Run:
                    engine.Receive(room, BackplaneFrames.ReadRun(frame, room));
                    break;
                case BackplaneKind.Head:
                    engine.ReceiveHead(room, BackplaneFrames.ReadHead(frame));
                    break;
                case BackplaneKind.Signal:
                    engine.Receive(room, BackplaneFrames.ReadSignal(frame));
                    break;
            }
        });
    }

    /// <summary>Passes another node's frame on; whatever else is on the channel is dropped.</summary>
    private void Read(byte[] frame, Action<BackplaneKind> read)
    {
        try
        {
            if (BackplaneFrames.TryReadHeader(frame, out var node, out var kind) && node != _node) read(kind);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            Log.Unreadable(_log, frame.Length, e);
        }
    }

    private void Sweep()
    {
        lock (_uses)
        {
            foreach (var (room, uses) in _uses)
            {
                if (uses > 0) continue;
                _uses.Remove(room);
                _redis.Unsubscribe(Channel(room));
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Bytes} bytes on a channel of ours are not to be read: does another program use it?")]
        public static partial void Unreadable(ILogger log, int bytes, Exception e);
    }
}

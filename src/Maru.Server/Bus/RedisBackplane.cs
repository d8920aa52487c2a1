using System.Globalization;
using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Rooms;

namespace Maru.Server.Bus;

/// <summary>
/// Nodes tell each other over Redis: a channel a room, on one of the servers by consistent hashing, listened to while the node has a use for the room and a little
/// longer. Nothing here waits for Redis. What is lost is found in the log: see <see cref="TailWatch"/>. Any thread.
/// </summary>
internal sealed partial class RedisBackplane : IBackplane, IAsyncDisposable
{
    /// <summary>A room whose last use is over is listened to until the next sweep: a request uses its room for a moment.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);

    private readonly Guid _node = Guid.NewGuid();
    private readonly BackplaneOptions _options;
    private readonly RedisServer[] _servers;
    private readonly HashRing<RedisServer> _ring;
    private readonly Dictionary<RoomId, int> _uses = [];        // of the rooms that are listened to, and its own lock; 0: waits for the sweep
    private readonly ITimer _sweep;
    private readonly ILogger _log;
    private ChatEngine? _engine;

    public RedisBackplane(MaruOptions maru, TimeProvider time, ILogger<RedisBackplane> log)
    {
        (_options, _log) = (maru.Backplane, log);
        _servers = [.. maru.Redis.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(x => new RedisServer(x, _options, () => _engine?.CheckTails(), time, log))];
        _ring = new HashRing<RedisServer>(_servers, x => x.Name);
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    public bool IsConnected => Array.TrueForAll(_servers, x => x.Answers);

    /// <summary>Where what it hears goes. Called once, before the engine starts.</summary>
    public void Attach(ChatEngine engine) => _engine = engine;

    public void Publish(RoomId room, IReadOnlyList<Entry> run)
    {
        var server = _ring[room.Value];
        if (server.Answers) server.Publish(Channel(room), BackplaneFrames.Run(_node, run, _options.FrameBytes));
    }

    public void Publish(RoomId room, SignalFrame signal)
    {
        var server = _ring[room.Value];
        if (server.Answers && signal.Bytes <= _options.FrameBytes) server.Publish(Channel(room), BackplaneFrames.Signal(_node, signal));
    }

    /// <summary>What concerns no room goes over the first server's share.</summary>
    /// <param name="topic">of the channel's name</param>
    /// <param name="heard">gets frames of other nodes</param>
    public void Listen(string topic, Action<byte[]> heard) =>
        _ = _ring[0].ListenAsync(Channel(topic), frame => Read(frame, _ => heard(frame)));

    /// <inheritdoc cref="Listen"/>
    /// <param name="topic">of the channel's name</param>
    /// <param name="frame">what to send, as this node</param>
    public void Publish(string topic, Func<Guid, byte[]> frame)
    {
        if (_ring[0].Answers) _ring[0].Publish(Channel(topic), frame(_node));
    }

    public void Use(RoomId room)
    {
        lock (_uses)
        {
            var listens = _uses.TryGetValue(room, out var uses);
            _uses[room] = uses + 1;
            if (!listens) _ = ListenAsync(room);
        }
    }

    public void Release(RoomId room)
    {
        lock (_uses) _uses[room]--;
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private string Channel(RoomId room) => string.Create(CultureInfo.InvariantCulture, $"{_options.Prefix}:r:{room.Value}");

    private string Channel(string topic) => $"{_options.Prefix}:{topic}";

    private async Task ListenAsync(RoomId room)
    {
        // What was committed after the room's head was read, and before this came through, nobody told us.
        if (await _ring[room.Value].ListenAsync(Channel(room), frame => Hear(room, frame)).ConfigureAwait(false)) _engine?.CheckTail(room);
    }

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
                _ring[room.Value].StopListening(Channel(room));
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Bytes} bytes on a channel of ours are not to be read: does another program use it?")]
        public static partial void Unreadable(ILogger log, int bytes, Exception e);
    }
}

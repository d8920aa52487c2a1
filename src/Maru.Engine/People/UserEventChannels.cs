using System.Globalization;
using Maru.Engine.Bus;
using Maru.Engine.Queues;

namespace Maru.Engine.People;

/// <summary>
/// Takes users' events to the other nodes. Users share some hundred channels, and a node listens to those of the users that are here; rare
/// events go over a channel that all nodes listen to. Events wait a moment for each other: those of one moment go in one frame, and of a
/// user's states of one key only the newest. Bounded in bytes; full means that an event stays on this node. Any thread.
/// <code>
/// frame = 1 { key json count { user } }      to the end; key: empty for an event that stands alone
/// frame = 2 { user room }                    to the end: positions that moved, people who came or went; 0 0: some are left out
/// </code>
/// </summary>
internal sealed class UserEventChannels : IDisposable
{
    public delegate void Receiver(ReadOnlySpan<UserId> users, UserEvent e);

    private const byte Events = 1;
    private const byte Moves = 2;
    private const int Shares = 512;
    private const int BytesPerUser = 32;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);
    private static readonly BusChannel Rare = new("people", Travel.Sure);
    private static readonly BusChannel[] Channels =
        [.. Enumerable.Range(0, Shares).Select(x => new BusChannel(string.Create(CultureInfo.InvariantCulture, $"u:{x}"), Travel.Any))];

    private readonly IBus _bus;
    private readonly Receiver _receive;
    private readonly Action<UserId, RoomId> _receiveMove;
    private readonly Action<Predicate<UserId>> _doubt;
    private readonly EngineMetrics _metrics;
    private readonly ChannelUses<int> _uses;
    private readonly IDisposable _rare;
    private readonly ByteBudget _waiting;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Lock _telling = new();     // one round after the other: frames of a channel keep their order
    private Dictionary<BusChannel, PendingEvents> _pending = [];    // under the gate
    private Dictionary<BusChannel, PendingEvents> _spare = [];      // of the round

    /// <param name="bus">the bus</param>
    /// <param name="maxBytes">of events that wait for the bus</param>
    /// <param name="receive">gets the events of other nodes</param>
    /// <param name="receiveMove">called for who moved their position, came or went on another node</param>
    /// <param name="doubt">called when moves of these users may have been missed</param>
    /// <param name="metrics">counts what is dropped</param>
    /// <param name="time">the clock</param>
    public UserEventChannels(
        IBus bus, long maxBytes, Receiver receive, Action<UserId, RoomId> receiveMove, Action<Predicate<UserId>> doubt,
        EngineMetrics metrics, TimeProvider time)
    {
        (_bus, _receive, _receiveMove, _doubt) = (bus, receive, receiveMove, doubt);
        (_metrics, _waiting) = (metrics, new ByteBudget(maxBytes));
        _uses = new ChannelUses<int>(share => bus.Subscribe(Channels[share], frame => Hear(frame, share), () => Doubt(share)), time);
        _rare = bus.Subscribe(Rare, frame => Hear(frame, share: -1));
        _timer = time.CreateTimer(_ => TellAll(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds a connection of the user on this node.</summary>
    public void Use(UserId user) => _uses.Use(ShareOf(user));

    /// <summary>Removes a connection of the user.</summary>
    public void Release(UserId user) => _uses.Release(ShareOf(user));

    public void Tell(ReadOnlySpan<UserId> users, UserEvent e)
    {
        if (users.IsEmpty || !_bus.Carries(e.IsRare ? Rare : Channels[ShareOf(users[0])])) return;
        lock (_gate)
        {
            var wasEmpty = _pending.Count == 0;
            foreach (var user in users)
            {
                var channel = e.IsRare ? Rare : Channels[ShareOf(user)];
                if (!_pending.TryGetValue(channel, out var pending)) _pending.Add(channel, pending = new PendingEvents());
                var bytes = BytesPerUser + (pending.IsLast(e) ? 0 : e.Bytes);
                if (_waiting.TryTake(bytes)) pending.Add(user, e, bytes);
                else _metrics.UserEventsDropped.Add(1);
            }

            if (wasEmpty) _timer.Change(Moment, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Tells that a user's position in a room has moved, or that they came or went.</summary>
    public void Tell(UserId user, RoomId room)
    {
        var channel = Channels[ShareOf(user)];
        if (!_bus.Carries(channel)) return;
        lock (_gate)
        {
            var wasEmpty = _pending.Count == 0;
            if (!_pending.TryGetValue(channel, out var pending)) _pending.Add(channel, pending = new PendingEvents());
            if (_waiting.TryTake(BytesPerUser)) pending.Add(user, room, BytesPerUser);
            else pending.Moves.Add(default);
            if (wasEmpty) _timer.Change(Moment, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _uses.Dispose();
        _rare.Dispose();
    }

    /// <summary>Returns the channel of a user. Ids in sequence, such as those of a load test's users, spread over all channels.</summary>
    private static int ShareOf(UserId user) => (int)((((ulong)user.Value * 0x9E3779B97F4A7C15) >> 32) % Shares);

    private void TellAll()
    {
        lock (_telling)
        {
            lock (_gate) (_pending, _spare) = (_spare, _pending);
            foreach (var (channel, pending) in _spare)
            {
                Tell(channel, pending.Events);
                Tell(channel, pending.Moves);
                _waiting.Return(pending.Bytes);
            }

            _spare.Clear();
        }
    }

    private void Tell(BusChannel channel, List<(UserId User, UserEvent? Event)> events)
    {
        var frame = FrameWriter.Begin(Events);
        for (int from = 0, count; from < events.Count; from += count)
        {
            count = 1;
            if (events[from].Event is not { } e) continue;
            // Users of one event stand together; so many of them as a frame can hold.
            var most = (_bus.MaxFrameBytes - e.Bytes) / BytesPerUser;
            while (from + count < events.Count && count < most && events[from + count].Event == e) count++;
            if (frame.Written.Length > 1 && frame.Written.Length + e.Bytes + (count * BytesPerUser) > _bus.MaxFrameBytes)
            {
                _bus.Publish(channel, frame.Written);
                frame = FrameWriter.Begin(Events);
            }

            frame.Text(e.Key ?? "");
            frame.Bytes(e.Json.Span);
            frame.Number(count);
            for (var i = 0; i < count; i++) frame.Number(events[from + i].User.Value);
        }

        if (frame.Written.Length > 1) _bus.Publish(channel, frame.Written);
    }

    private void Tell(BusChannel channel, HashSet<(UserId User, RoomId Room)> moves)
    {
        foreach (var some in moves.Chunk(Math.Max(1, _bus.MaxFrameBytes / BytesPerUser)))
        {
            var frame = FrameWriter.Begin(Moves);
            foreach (var (user, room) in some)
            {
                frame.Number(user.Value);
                frame.Number(room.Value);
            }

            _bus.Publish(channel, frame.Written);
        }
    }

    private void Doubt(int share) => _doubt(user => ShareOf(user) == share);

    private void Hear(ReadOnlyMemory<byte> frame, int share)
    {
        var reader = new FrameReader(frame.Span);
        var kind = reader.Byte();
        while (kind == Moves && !reader.IsAtEnd)
        {
            var (user, room) = (new UserId(reader.Number()), new RoomId(reader.Number()));
            if (user == default) Doubt(share);
            else _receiveMove(user, room);
        }

        if (kind != Events) return;
        while (!reader.IsAtEnd)
        {
            var key = reader.Text();
            var e = new UserEvent(reader.Bytes().ToArray(), key.Length == 0 ? null : key);
            var users = new UserId[reader.Count()];
            for (var i = 0; i < users.Length; i++) users[i] = new UserId(reader.Number());
            _receive(users, e);
        }
    }

    /// <summary>The events that wait for a channel, in order. Used under the gate, or by the round alone.</summary>
    private sealed class PendingEvents
    {
        private readonly Dictionary<(UserId User, string Key), int> _positions = [];

        public List<(UserId User, UserEvent? Event)> Events { get; } = [];

        public HashSet<(UserId User, RoomId Room)> Moves { get; } = [];

        public long Bytes { get; private set; }

        public void Add(UserId user, RoomId room, int bytes)
        {
            Bytes += bytes;
            Moves.Add((user, room));
        }

        public bool IsLast(UserEvent e) => Events.Count > 0 && Events[^1].Event == e;

        public void Add(UserId user, UserEvent e, int bytes)
        {
            Bytes += bytes;
            if (e.Key is not null)
            {
                if (_positions.TryGetValue((user, e.Key), out var position)) Events[position] = (user, null);
                _positions[(user, e.Key)] = Events.Count;
            }

            Events.Add((user, e));
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Maru.Engine.Log;

namespace Maru.Engine.Bus;

/// <summary>
/// The channels over which nodes tell each other of rooms: of entries after their commit, of signals, of who types and how far people
/// have read. Each room has one, which a node listens to while it uses the room. Read positions alone travel any way: who reads is rarely
/// told again. Lost entries are found in the log. Any thread.
/// </summary>
internal sealed class RoomChannels : IDisposable
{
    private readonly IBus _bus;
    private readonly ChannelUses<RoomId> _uses;
    private readonly ConcurrentDictionary<RoomId, BusChannel> _used = new();    // spares a name a publication

    public RoomChannels(IBus bus, TimeProvider time)
    {
        _bus = bus;
        _uses = new ChannelUses<RoomId>(Subscribe, time);
    }

    /// <summary>Called with the entries that another node committed, in seq order.</summary>
    public required Action<RoomId, List<Entry>> Committed { private get; init; }

    /// <summary>Called when another node committed more than fits into a frame: the room's log goes up to this seq.</summary>
    public required Action<RoomId, long> CommittedUpTo { private get; init; }

    /// <summary>Called with a signal that a member sent on another node.</summary>
    public required Action<RoomId, Signal> Signalled { private get; init; }

    /// <summary>Called when a member on another node types, or no longer.</summary>
    public required Action<RoomId, UserId, bool> Typed { private get; init; }

    /// <summary>Called with read positions that members moved on another node.</summary>
    public required Action<RoomId, ReaderPositions> Read { private get; init; }

    /// <summary>
    /// Called when this node begins to listen to the room: entries committed after its head was read and before this may have been missed.
    /// </summary>
    public required Action<RoomId> Listening { private get; init; }

    /// <summary>Begins a use of the room on this node.</summary>
    public void Use(RoomId room) => _uses.Use(room);

    /// <summary>Ends a use of the room.</summary>
    public void Release(RoomId room) => _uses.Release(room);

    /// <summary>Publishes a run of a room's entries, in seq order, after its commit.</summary>
    public void Publish(RoomId room, IReadOnlyList<Entry> run)
    {
        var channel = ChannelOf(room);
        if (_bus.Carries(channel)) _bus.Publish(channel, RoomFrames.Write(run, _bus.MaxFrameBytes));
    }

    public void Publish(RoomId room, Signal signal)
    {
        var channel = ChannelOf(room);
        if (signal.Bytes <= _bus.MaxFrameBytes && _bus.Carries(channel)) _bus.Publish(channel, RoomFrames.Write(signal));
    }

    /// <summary>Publishes that a member types, or no longer.</summary>
    public void Publish(RoomId room, UserId user, bool types)
    {
        var channel = ChannelOf(room);
        if (_bus.Carries(channel)) _bus.Publish(channel, RoomFrames.Write(user, types));
    }

    /// <summary>Returns whether read positions would reach other nodes now.</summary>
    public bool CarriesReads(RoomId room) => _bus.Carries(ChannelOf(room) with { Travel = Travel.Any });

    /// <summary>Publishes that members have read.</summary>
    public void Publish(RoomId room, ReaderPositions positions)
    {
        var channel = ChannelOf(room) with { Travel = Travel.Any };
        if (_bus.Carries(channel)) _bus.Publish(channel, RoomFrames.Write(positions));
    }

    public void Dispose() => _uses.Dispose();

    private BusChannel ChannelOf(RoomId room) => _used.TryGetValue(room, out var channel) ? channel : Named(room);

    private static BusChannel Named(RoomId room) => new(string.Create(CultureInfo.InvariantCulture, $"r:{room.Value}"), Travel.Quick);

    private IDisposable Subscribe(RoomId room)
    {
        var channel = _used[room] = Named(room);
        channel = channel with { Travel = Travel.Any };
        return new Subscription(this, room, _bus.Subscribe(channel, frame => Hear(room, frame.Span), () => Listening(room)));
    }

    private void Hear(RoomId room, ReadOnlySpan<byte> frame)
    {
        var reader = new FrameReader(frame);
        switch (reader.Byte())
        {
            case RoomFrames.Run:
                Committed(room, RoomFrames.ReadRun(ref reader, room));
                break;
            case RoomFrames.Head:
                CommittedUpTo(room, reader.Number());
                break;
            case RoomFrames.Signal:
                Signalled(room, RoomFrames.ReadSignal(ref reader));
                break;
            case RoomFrames.Typing:
                Typed(room, new UserId(reader.Number()), reader.Byte() == 1);
                break;
            case RoomFrames.Reads:
                Read(room, RoomFrames.ReadReads(ref reader));
                break;
        }
    }

    private sealed class Subscription(RoomChannels channels, RoomId room, IDisposable subscription) : IDisposable
    {
        public void Dispose()
        {
            channels._used.TryRemove(room, out _);
            subscription.Dispose();
        }
    }
}

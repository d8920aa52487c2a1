using Maru.Engine.Bus;

namespace Maru.Engine.Rooms;

/// <summary>
/// Tells the subscribers of rooms, on this node and the others, how far members have read, in rounds: what moves within a round is one
/// piece of work and one frame for each room, and costs nothing in rooms that nobody uses. At most <see cref="ReaderPositions.Most"/>
/// readers of a room, and <see cref="MostWaiting"/> moves in all beside one of each room, wait for a round; full means that further ones
/// are not told of, and that an event of the room says so. Any thread.
/// </summary>
internal sealed class ReadRounds : IDisposable
{
    private const int MostWaiting = 20_000;

    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly RoomTable _rooms;
    private readonly RoomChannels _channels;
    private readonly EngineMetrics _metrics;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private Dictionary<RoomId, ReaderPositions> _waiting = [];  // under the gate
    private int _count;

    public ReadRounds(RoomTable rooms, RoomChannels channels, EngineMetrics metrics, TimeProvider time)
    {
        (_rooms, _channels, _metrics) = (rooms, channels, metrics);
        _timer = time.CreateTimer(_ => TellAll(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes that a member's position has moved, and that it is durable.</summary>
    public void Add(RoomId room, in ReaderPosition position)
    {
        if (!_rooms.TryGet(room, out _) && !_channels.CarriesReads(room)) return;
        lock (_gate)
        {
            if (_waiting.Count == 0) _timer.Change(Every, Timeout.InfiniteTimeSpan);
            if (!_waiting.TryGetValue(room, out var positions)) _waiting.Add(room, positions = new ReaderPositions());
            // The first one of a room always goes: without it there would be no event to say that there are more.
            if ((_count < MostWaiting || positions.All.Count == 0) && positions.TryAdd(position))
            {
                _count++;
                return;
            }

            positions.HasMore = true;
            _metrics.EphemeralDropped.Add(1, new KeyValuePair<string, object?>("kind", "read"));
        }
    }

    /// <summary>Notes that a member has moved of whom no event tells: the next one, of another member, says that there are more.</summary>
    public void AddUnnamed(RoomId room)
    {
        if (!_rooms.TryGet(room, out _) && !_channels.CarriesReads(room)) return;
        lock (_gate)
        {
            if (_waiting.Count == 0) _timer.Change(Every, Timeout.InfiniteTimeSpan);
            if (!_waiting.TryGetValue(room, out var positions)) _waiting.Add(room, positions = new ReaderPositions());
            positions.HasMore = true;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void TellAll()
    {
        Dictionary<RoomId, ReaderPositions> waiting;
        lock (_gate) (waiting, _waiting, _count) = (_waiting, [], 0);
        foreach (var (id, positions) in waiting)
        {
            _channels.Publish(id, positions);
            if (_rooms.TryGet(id, out var room)) room.Lane.Post(new ReceivedReads(room, positions, null));
        }
    }
}

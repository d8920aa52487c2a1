namespace Maru.Engine.Rooms;

/// <summary>
/// One timer for all rooms in which somebody types or events wait: gives each of them a turn in its lane, so that no room needs a timer.
/// Stands still while there is none. Any thread.
/// </summary>
internal sealed class RoomRounds : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly HashSet<RoomEvents> _rooms = [];       // its own lock
    private readonly ITimer _timer;

    public RoomRounds(TimeProvider time) =>
        _timer = time.CreateTimer(_ => Post(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Add(RoomEvents room)
    {
        lock (_rooms)
        {
            if (_rooms.Add(room) && _rooms.Count == 1) _timer.Change(Every, Every);
        }
    }

    public void Remove(RoomEvents room)
    {
        lock (_rooms)
        {
            if (_rooms.Remove(room) && _rooms.Count == 0) _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Post()
    {
        lock (_rooms)
        {
            foreach (var room in _rooms) room.Post();
        }
    }
}

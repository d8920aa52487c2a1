namespace Maru.Engine.Rooms;

/// <summary>
/// One timer for all rooms in which somebody types: gives each of them a turn in its lane, so that no room needs a timer. Stands still
/// while nobody types. Any thread.
/// </summary>
internal sealed class TypingRounds : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly HashSet<Typing> _rooms = [];       // its own lock
    private readonly ITimer _timer;

    public TypingRounds(TimeProvider time) =>
        _timer = time.CreateTimer(_ => Post(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Add(Typing room)
    {
        lock (_rooms)
        {
            if (_rooms.Add(room) && _rooms.Count == 1) _timer.Change(Every, Every);
        }
    }

    public void Remove(Typing room)
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

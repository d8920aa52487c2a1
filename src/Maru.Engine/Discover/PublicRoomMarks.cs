namespace Maru.Engine.Discover;

/// <summary>A room that may have changed in the list.</summary>
/// <param name="IsUnlisted">true when it was in the list before, and may be no longer</param>
internal readonly record struct PublicRoomMark(RoomId Room, bool IsUnlisted);

/// <summary>
/// The rooms that may have changed, each once, in the order of their first change. Bounded: full means that the list must be read anew.
/// Under a lock.
/// </summary>
internal sealed class PublicRoomMarks
{
    private const int Most = 50_000;

    private readonly Queue<RoomId> _order = new();
    private readonly Dictionary<RoomId, bool> _rooms = [];

    /// <summary>True when a room found no place since the marks were cleared.</summary>
    public bool IsOver { get; private set; }

    public int Count => _rooms.Count;

    public bool IsEmpty => _rooms.Count == 0 && !IsOver;

    public void Add(in PublicRoomMark mark)
    {
        if (_rooms.TryGetValue(mark.Room, out var isUnlisted))
        {
            if (mark.IsUnlisted && !isUnlisted) _rooms[mark.Room] = true;
            return;
        }

        IsOver |= _rooms.Count >= Most;
        if (_rooms.Count >= Most) return;
        _rooms.Add(mark.Room, mark.IsUnlisted);
        _order.Enqueue(mark.Room);
    }

    /// <summary>Takes up to a number of marks, the oldest.</summary>
    public List<PublicRoomMark> Take(int most)
    {
        List<PublicRoomMark> taken = [];
        while (taken.Count < most && _order.TryDequeue(out var room))
        {
            _rooms.Remove(room, out var isUnlisted);
            taken.Add(new PublicRoomMark(room, isUnlisted));
        }

        return taken;
    }

    /// <summary>Notes that some are left out.</summary>
    public void Overflow() => IsOver = true;

    /// <summary>Returns whether some were left out, and forgets it.</summary>
    public bool TakeIsOver()
    {
        var isOver = IsOver;
        IsOver = false;
        return isOver;
    }

    public void Clear()
    {
        _order.Clear();
        _rooms.Clear();
        IsOver = false;
    }
}

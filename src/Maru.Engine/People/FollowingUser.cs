namespace Maru.Engine.People;

/// <summary>
/// A user whose rooms are followed, for as many connections as want it. They are an array in order: a user in 50 rooms would take 2 KB of a
/// set. Any thread.
/// </summary>
internal sealed class FollowingUser
{
    private readonly Lock _gate = new();
    private long[]? _rooms = [];        // in order; null: nobody wants it any more
    private int _count;
    private int _uses;
    private bool _hasSnapshot;

    /// <summary>True once a snapshot of what the user has not read is known: only then changes are told.</summary>
    public bool HasSnapshot { get => Volatile.Read(ref _hasSnapshot); set => Volatile.Write(ref _hasSnapshot, value); }

    /// <summary>True once the last connection has left.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate) return _rooms is null;
        }
    }

    /// <summary>Counts one more connection; false: the last one has left, and this object is out of use.</summary>
    public bool TryUse()
    {
        lock (_gate)
        {
            if (_rooms is null) return false;
            _uses++;
            return true;
        }
    }

    /// <summary>Removes a connection; returns the rooms' ids once none is left.</summary>
    public IReadOnlyList<long>? Release()
    {
        lock (_gate)
        {
            if (--_uses > 0) return null;
            if (_rooms is not { } rooms) return null;
            _rooms = null;
            return new ArraySegment<long>(rooms, 0, _count);
        }
    }

    /// <summary>Returns the ids of their rooms.</summary>
    public IReadOnlyList<long> Rooms()
    {
        lock (_gate) return _rooms is null ? [] : _rooms[.._count];
    }

    /// <summary>False: nobody wants it any more.</summary>
    public bool Add(RoomId room)
    {
        lock (_gate)
        {
            if (_rooms is null) return false;
            var at = Array.BinarySearch(_rooms, 0, _count, room.Value);
            if (at >= 0) return true;
            if (_count == _rooms.Length) Array.Resize(ref _rooms, _count + Math.Max(4, _count >> 2));
            Array.Copy(_rooms, ~at, _rooms, ~at + 1, _count - ~at);
            _rooms[~at] = room.Value;
            _count++;
            return true;
        }
    }

    public void Remove(RoomId room)
    {
        lock (_gate)
        {
            if (_rooms is null) return;
            var at = Array.BinarySearch(_rooms, 0, _count, room.Value);
            if (at >= 0) Array.Copy(_rooms, at + 1, _rooms, at, --_count - at);
        }
    }
}

namespace Maru.Engine.People;

/// <summary>A user whose rooms are followed, for as many connections as want it. Any thread.</summary>
internal sealed class FollowingUser
{
    private readonly Lock _gate = new();
    private HashSet<RoomId>? _rooms = [];       // null: nobody wants it any more
    private int _uses;

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

    /// <summary>Removes a connection; returns the rooms once none is left.</summary>
    public IReadOnlyCollection<RoomId>? Release()
    {
        lock (_gate)
        {
            if (--_uses > 0) return null;
            var rooms = _rooms;
            _rooms = null;
            return rooms;
        }
    }

    /// <summary>False: nobody wants it any more.</summary>
    public bool Add(RoomId room)
    {
        lock (_gate)
        {
            _rooms?.Add(room);
            return _rooms is not null;
        }
    }

    public void Remove(RoomId room)
    {
        lock (_gate) _rooms?.Remove(room);
    }
}

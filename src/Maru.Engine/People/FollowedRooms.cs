using System.Collections.Concurrent;
using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.People;

/// <summary>
/// The rooms of people who are here, and which of them something has come to: marks tell, of what this node commits and of what the others
/// do. Any thread.
/// </summary>
internal sealed class FollowedRooms : IDisposable
{
    private readonly ConcurrentDictionary<RoomId, FollowedRoom> _rooms = new();
    private readonly ConcurrentQueue<FollowedRoom> _dirty = new();
    private readonly MarkChannels _channels;

    /// <param name="bus">brings the marks of other nodes</param>
    /// <param name="maxBytes">of marks that wait for the bus</param>
    /// <param name="time">the clock</param>
    public FollowedRooms(IBus bus, long maxBytes, TimeProvider time) => _channels = new MarkChannels(bus, maxBytes, Mark, Doubt, time);

    public int Count => _rooms.Count;

    public IEnumerable<RoomId> Ids => _rooms.Keys;

    public void Dispose() => _channels.Dispose();

    /// <summary>Returns the room; null: nobody follows it.</summary>
    public FollowedRoom? Find(RoomId id) => _rooms.GetValueOrDefault(id);

    /// <summary>Sets what a follower has not read; false: the store must be asked once more.</summary>
    public bool Set(in Unread unread, bool isTold)
    {
        while (true)
        {
            var room = FindOrAdd(unread.Room);
            if (room.TrySet(unread, isTold, out var isAll)) return isAll;
            Forget(room);
        }
    }

    public void Remove(UserId user, RoomId id)
    {
        if (_rooms.TryGetValue(id, out var room) && room.Remove(user)) Forget(room);
    }

    /// <summary>Notes that this node has committed entries of a room, and tells the other nodes.</summary>
    public void Committed(RoomId room, IReadOnlyList<Entry> entries)
    {
        var (isFollowed, isHeard) = (_rooms.ContainsKey(room), _channels.Carries(room));
        if (!isFollowed && !isHeard) return;
        var mark = RoomMark.Of(room, entries);
        if (isFollowed) Mark(mark);
        if (isHeard) _channels.Tell(mark);
    }

    /// <summary>Notes what a batch of entries did, here or on another node.</summary>
    public void Mark(RoomMark mark)
    {
        if (_rooms.TryGetValue(mark.Room, out var room) && room.Mark(mark)) _dirty.Enqueue(room);
    }

    /// <summary>Notes a head that the store has: marks may be lost on their way.</summary>
    public void Look(RoomId id, RoomHead head)
    {
        if (_rooms.TryGetValue(id, out var room) && room.Look(head)) _dirty.Enqueue(room);
    }

    /// <summary>Returns the rooms that must be collected.</summary>
    public HashSet<FollowedRoom> TakeDirty()
    {
        HashSet<FollowedRoom> dirty = [];
        while (_dirty.TryDequeue(out var room)) dirty.Add(room);
        return dirty;
    }

    /// <summary>The room must be collected once more.</summary>
    public void Keep(FollowedRoom room) => _dirty.Enqueue(room);

    /// <summary>Marks of these rooms may have been missed.</summary>
    private void Doubt(Predicate<RoomId> which)
    {
        foreach (var (id, room) in _rooms)
        {
            if (which(id) && room.Doubt()) _dirty.Enqueue(room);
        }
    }

    private FollowedRoom FindOrAdd(RoomId id)
    {
        if (_rooms.TryGetValue(id, out var known)) return known;
        var room = new FollowedRoom(id);
        if (!_rooms.TryAdd(id, room)) return FindOrAdd(id);
        _channels.Use(id);
        return room;
    }

    private void Forget(FollowedRoom room)
    {
        if (_rooms.TryRemove(KeyValuePair.Create(room.Id, room))) _channels.Release(room.Id);
    }
}

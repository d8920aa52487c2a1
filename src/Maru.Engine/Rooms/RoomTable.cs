using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Bus;
using Maru.Engine.Lanes;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>
/// The rooms that clients of this node use. The first client that enters makes a room, and it is forgotten when the last has left. Any
/// thread.
/// </summary>
internal sealed class RoomTable(IRoomLog log, RoomChannels channels, LaneTable lanes, RoomParts parts)
{
    private readonly ConcurrentDictionary<RoomId, Room> _rooms = new();
    private long _storedNames;
    private long _heardNames;

    public int Count => _rooms.Count;

    /// <summary>Grows whenever a user's name or picture has changed: entries in memory may have the older one.</summary>
    public long Names => Interlocked.Read(ref _storedNames) + Interlocked.Read(ref _heardNames);

    public Room[] All() => [.. _rooms.Values];

    public bool TryGet(RoomId id, [NotNullWhen(true)] out Room? room) => _rooms.TryGetValue(id, out room);

    /// <summary>
    /// Returns the user's membership, which the caller gives back with <see cref="Leave"/>; null: not a member, or no such room. Reads the
    /// store.
    /// </summary>
    public async Task<Membership?> EnterAsync(RoomId id, UserId user, CancellationToken ct)
    {
        var known = 0L;
        while (true)
        {
            // The room must be in the table before the store is read, so that entries committed after the read reach it.
            var room = GetOrMake(id);
            MembershipState state;
            try
            {
                state = await ReadAsync(id, user, ct).ConfigureAwait(false);
            }
            catch
            {
                // A room that no client enters would collect committed entries for ever.
                room.Lane.Post(new GivingUp(room));
                throw;
            }

            var entering = new Entering(room, user, state, known);
            room.Lane.Post(entering);
            var membership = await entering.Answer.WaitAsync(ct).ConfigureAwait(false);
            if (membership is not null || !entering.ReadAgain) return membership;
            known = entering.Known;
        }
    }

    /// <summary>
    /// Reads the room's state for its lane: a client that then subscribes to the past gets it as it was at this call, or later.
    /// </summary>
    public async Task LookAsync(Membership membership, CancellationToken ct)
    {
        var state = await ReadAsync(membership.Room.Id, membership.User, ct).ConfigureAwait(false);
        membership.Room.Lane.Post(new Looking(membership.Room, state));
    }

    /// <summary>Makes all rooms give back what they need not keep.</summary>
    public void Trim()
    {
        foreach (var (_, room) in _rooms) room.Lane.Post(new Trimming(room));
    }

    /// <summary>Notes that a user's name or picture changed.</summary>
    public void NamesChanged() => Interlocked.Increment(ref _heardNames);

    public static void Leave(Membership membership) => membership.Room.Lane.Post(new Leaving(membership));

    /// <summary>Called in the room's lane when no client uses the room.</summary>
    public void Remove(Room room)
    {
        if (_rooms.TryRemove(new KeyValuePair<RoomId, Room>(room.Id, room))) channels.Release(room.Id);
    }

    private async ValueTask<MembershipState> ReadAsync(RoomId id, UserId user, CancellationToken ct)
    {
        var state = await log.ReadMembershipAsync(id, user, ct).ConfigureAwait(false);
        for (var known = Interlocked.Read(ref _storedNames); known < state.Names; known = Interlocked.Read(ref _storedNames))
            Interlocked.CompareExchange(ref _storedNames, state.Names, known);
        return state;
    }

    private Room GetOrMake(RoomId id)
    {
        while (true)
        {
            if (_rooms.TryGetValue(id, out var room)) return room;
            room = new Room(id, lanes.For(id), this, parts);
            channels.Use(id);      // before another thread can find the room, and release it
            if (_rooms.TryAdd(id, room)) return room;
            channels.Release(id);
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>The rooms that someone on this node uses. A room is made by the first session that enters and forgotten when the last has left. Any thread.</summary>
internal sealed class RoomTable(IRoomLog log, RoomChannels channels)
{
    private readonly ConcurrentDictionary<RoomId, Room> _rooms = new();

    /// <summary>Set once, by the engine: rooms and lanes know each other.</summary>
    public required Func<RoomId, RoomTable, Room> Make { private get; init; }

    public int Count => _rooms.Count;

    public Room[] All() => [.. _rooms.Values];

    public bool TryGet(RoomId id, [NotNullWhen(true)] out Room? room) => _rooms.TryGetValue(id, out room);

    /// <summary>The user's membership, which the caller gives back with <see cref="Leave"/>; null: not a member, or no such room. Reads the store.</summary>
    public async Task<Membership?> EnterAsync(RoomId id, UserId user, CancellationToken ct)
    {
        var known = 0L;
        while (true)
        {
            // The room must be in the table before the store is read, so that whatever is committed after the read reaches it.
            var room = GetOrMake(id);
            MembershipState state;
            try
            {
                state = await log.ReadMembershipAsync(id, user, ct).ConfigureAwait(false);
            }
            catch
            {
                // A room that nobody enters would collect committed entries for ever.
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

    public static void Leave(Membership membership) => membership.Room.Lane.Post(new Leaving(membership));

    /// <summary>The room's lane: nobody uses it.</summary>
    public void Remove(Room room)
    {
        if (_rooms.TryRemove(new KeyValuePair<RoomId, Room>(room.Id, room))) channels.Release(room.Id);
    }

    private Room GetOrMake(RoomId id)
    {
        while (true)
        {
            if (_rooms.TryGetValue(id, out var room)) return room;
            room = Make(id, this);
            channels.Use(id);      // before anybody can find the room, and release it
            if (_rooms.TryAdd(id, room)) return room;
            channels.Release(id);
        }
    }
}

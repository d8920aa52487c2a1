using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Tells users, on every node, which rooms they have come to and lost. Called after the commit; users who are away read the list later. Any
/// thread.
/// </summary>
internal sealed class MembershipEvents(ChatEngine engine)
{
    /// <param name="users">the users who are members now</param>
    /// <param name="room">the room as they see it</param>
    public void Added(IEnumerable<long> users, Room room) =>
        Tell(
            users, new RoomId(room.Id),
            EventJson.RoomAdded(new RoomId(room.Id), JsonSerializer.SerializeToUtf8Bytes(room, RoomJson.Events.Room)));

    public void Removed(IEnumerable<long> users, RoomId room) => Tell(users, room, EventJson.RoomRemoved(room));

    /// <summary>Sends the event. Whether a user is in a room is a state, so the last event counts.</summary>
    private void Tell(IEnumerable<long> users, RoomId room, byte[] json)
    {
        UserId[] people = [.. users.Select(x => new UserId(x))];
        engine.UserEvents.Publish(people, new UserEvent(json, $"room:{room}") { IsRare = true });
        foreach (var user in people) engine.UserEvents.Move(user, room);
    }
}

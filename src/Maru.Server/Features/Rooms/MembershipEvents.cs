using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Tells users, on every node, which rooms they have come to and lost, and presence who may see each other. Called after the commit; users
/// who are away read the list later. Any thread.
/// </summary>
internal sealed class MembershipEvents(ChatEngine engine, PendingMembers invitations)
{
    /// <param name="users">the users who are members now</param>
    /// <param name="room">the room as they see it</param>
    public void Added(IEnumerable<long> users, Room room)
    {
        var (people, id) = (Ids(users), new RoomId(room.Id));
        Tell(people, id, EventJson.RoomAdded(id, JsonSerializer.SerializeToUtf8Bytes(room, RoomJson.Events.Room)));
        engine.Presence.Meet(people);
    }

    /// <summary>Tells those who look at the list of public rooms that there may be a new one.</summary>
    public void Made(Room room) => engine.PublicRooms.Change(new RoomId(room.Id));

    public void Removed(IEnumerable<long> users, RoomId room) => Tell(Ids(users), room, EventJson.RoomRemoved(room));

    /// <summary>Tells a member which role they have since then.</summary>
    public void RoleChanged(UserId user, RoomId room, string role) =>
        engine.UserEvents.Publish(user, new UserEvent(EventJson.RoomRole(room, role), $"role:{room}") { IsRare = true });

    /// <summary>Tells people who are invited to a room.</summary>
    public async Task InvitedAsync(IReadOnlyList<long> users, RoomId room, CancellationToken ct)
    {
        if (users.Count == 0) return;
        foreach (var (user, invitation) in await invitations.ListAsync(room, users, ct))
            Invite(user, room, JsonSerializer.SerializeToUtf8Bytes(invitation, RoomJson.Events.RoomInvitation));
    }

    /// <summary>Tells somebody that they are invited to a room no longer: they came, or declined.</summary>
    public void Uninvited(UserId user, RoomId room) => Invite(user, room, []);

    private void Invite(UserId user, RoomId room, byte[] invitation) => engine.UserEvents.Publish(
        user, new UserEvent(EventJson.InvitationChanged(room, invitation), $"invitation:{room}") { IsRare = true });

    private static UserId[] Ids(IEnumerable<long> users) => [.. users.Select(x => new UserId(x))];

    /// <summary>Sends the event. Whether a user is in a room is a state, so the last event counts.</summary>
    private void Tell(UserId[] people, RoomId room, byte[] json)
    {
        engine.UserEvents.Publish(people, new UserEvent(json, $"room:{room}") { IsRare = true });
        foreach (var user in people) engine.UserEvents.Move(user, room);
    }
}

using System.Text.Json;
using Maru.Engine;

namespace Maru.Server.Features.Rooms;

/// <summary>Tells people's own connections which rooms they have come to and lost. Called after the commit; who is away reads the list later. Any thread.</summary>
internal sealed class RoomNews(ChatEngine engine)
{
    /// <param name="users">who is in now</param>
    /// <param name="room">as they see it</param>
    public void Added(IEnumerable<long> users, Room room)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new RoomAdded("room.added", room.Id, room), RoomJson.Events.RoomAdded);
        Send(users, json);
    }

    public void Removed(IEnumerable<long> users, RoomId room)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new RoomRemoved("room.removed", room.Value), RoomJson.Events.RoomRemoved);
        Send(users, json);
    }

    private void Send(IEnumerable<long> users, byte[] json)
    {
        foreach (var user in users) engine.Connections.Send(new UserId(user), json);
    }
}

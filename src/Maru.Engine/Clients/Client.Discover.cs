using Maru.Engine.Connections;
using Maru.Engine.Discover;
using Maru.Engine.Log;

namespace Maru.Engine.Clients;

internal sealed partial class Client
{
    private PublicRoomWatch? _publicRooms;

    /// <summary>
    /// Tells from now on what changes in the list of public rooms, which everybody who is signed in may see. The response comes by the
    /// ticket, behind the event that says that the list must be read.
    /// </summary>
    public void WatchPublicRooms(WireSubscription key, Ticket ticket)
    {
        if (!IsFree(key.Id, ticket, _publicRooms is null ? null : Many("the list of rooms", 1))) return;
        _publicRooms = parts.PublicRooms.Watch(connection, key);
        Acknowledge(ticket);
    }

    private void EndPublicRooms()
    {
        if (_publicRooms is null) return;
        parts.PublicRooms.End(_publicRooms);
        _publicRooms = null;
    }
}

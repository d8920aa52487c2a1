using Maru.Engine.Connections;
using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>A member on this node says that they type, or no longer.</summary>
/// <param name="membership">their right, which is looked at in the lane</param>
/// <param name="types">whether they type</param>
/// <param name="origin">their connection, for which it counts until now; null: a request</param>
/// <param name="ticket">the client's name for it</param>
internal sealed class SettingTyping(Membership membership, bool types, Connection? origin, Ticket ticket) : LaneWork
{
    /// <summary>Bytes that it counts for until the lane has done it.</summary>
    public int Bytes => 128 + ticket.Bytes;

    public override void Do(FlushList flush)
    {
        // Where one of the two blocks the other, neither is told, nor told so.
        if (membership.IsActive && !(types && membership.Room.Bar.IsUp)) membership.Room.Events.Typing.Set(membership.User, types);
        if (origin is null) return;
        if (membership.IsActive) origin.Acknowledge(ticket, flush);
        else origin.Refuse(ticket, Membership.None, flush);
        origin.InFlight.Return(Bytes);
    }
}

/// <summary>A member on another node types, or no longer.</summary>
internal sealed class ReceivedTyping(Room room, UserId user, bool types, ByteBudget budget) : LaneWork
{
    public const int Bytes = 128;

    public override void Do(FlushList flush)
    {
        budget.Return(Bytes);
        if (!room.Bar.IsUp) room.Events.Typing.Hear(user, types);
    }
}

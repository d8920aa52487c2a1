using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Rooms;

/// <summary>
/// A user's right to a room, shared by all of that user's connections on this node. Kept only while a connection uses it. Written by the
/// room's lane and the commit loop, read by any thread.
/// </summary>
internal sealed class Membership(Room room, UserId user, long asOf) : Right(room.Id, user)
{
    /// <summary>The refusal of what needs a membership.</summary>
    public static readonly Refusal None = new(Problem.NotFound, "There is no such room, or you are no member.");

    public Room Room { get; } = room;

    /// <summary>Clients that hold it. Lane only.</summary>
    public int Holders { get; set; }

    /// <summary>The end of the room's log when they joined.</summary>
    public long Joined { get; init; }

    /// <summary>The state already includes every entry up to this seq. Lane only.</summary>
    public long AsOf { get; } = asOf;
}

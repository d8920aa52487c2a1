using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>One piece of work for a room, done in its lane.</summary>
internal abstract class LaneWork
{
    /// <summary>Lane only. What it adds to outboxes is written at the end of the lane's round.</summary>
    public abstract void Do(FlushList flush);
}

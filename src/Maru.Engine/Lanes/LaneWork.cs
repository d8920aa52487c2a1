using Maru.Engine.Output;

namespace Maru.Engine.Lanes;

/// <summary>One piece of work for a room, done in its lane.</summary>
internal abstract class LaneWork
{
    /// <summary>Does the work. Lane only. The bytes that it adds to outboxes are written at the end of the lane's round.</summary>
    public abstract void Do(FlushList flush);
}

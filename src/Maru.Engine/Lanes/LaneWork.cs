using Maru.Engine.Output;

namespace Maru.Engine.Lanes;

/// <summary>One piece of work for a room, done in its lane, which logs what it throws and goes on.</summary>
internal abstract class LaneWork
{
    /// <summary>
    /// True for work that may be long in sum: reading the past, signals to many. It waits behind all other work and gets a share of the
    /// lane's time (<see cref="Lane"/>). Each piece is short, and posts itself again while there is more to do.
    /// </summary>
    public virtual bool GivesWay => false;

    /// <summary>Does the work. Lane only. The bytes that it adds to outboxes are written at the end of the lane's round.</summary>
    public abstract void Do(FlushList flush);

    /// <summary>Called when those bytes were written, for work that does not give way. Lane only.</summary>
    public virtual void Written(TimeProvider time)
    {
    }
}

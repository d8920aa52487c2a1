using Maru.Engine;
using Maru.Engine.Log;

namespace Maru.Server.Followers;

/// <summary>
/// Reads what was committed to the rooms' logs, beside the path and behind it: search, webhooks, notices.
/// Its position in each room is stored. It is given every entry at least once, each room's in the order of the log, on one node at a time.
/// After a crash it is given again what came after the stored position, so what it does with an entry must bear to be done twice.
/// Registered as a singleton before the server starts: see docs/adding-a-feature.md.
/// </summary>
internal abstract class LogFollower
{
    /// <summary>Names its positions in the store, for good: another name is another follower.</summary>
    public abstract string Name { get; }

    /// <summary>Where it begins the first time that it runs on a store.</summary>
    public virtual FollowerStart Start => FollowerStart.Now;

    /// <summary>
    /// Handles entries of a room. Called for several rooms at the same time, for one room never. What it throws is logged, and the same
    /// entries come again after a while, each time a longer one; other rooms go on.
    /// </summary>
    /// <param name="room">whose</param>
    /// <param name="entries">in seq order, the next behind those it was given before; each message as it is now</param>
    /// <param name="ct">over after <see cref="FollowerOptions.Timeout"/>, and when the node stops: it must end then</param>
    public abstract Task TakeAsync(RoomId room, IReadOnlyList<Entry> entries, CancellationToken ct);
}

/// <summary>Where a new follower begins.</summary>
internal enum FollowerStart
{
    /// <summary>With what is committed from now on.</summary>
    Now,

    /// <summary>With the first entry of every room.</summary>
    Beginning,
}

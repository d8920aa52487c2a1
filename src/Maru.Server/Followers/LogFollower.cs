using Maru.Engine;
using Maru.Engine.Log;

namespace Maru.Server.Followers;

/// <summary>
/// Reads the entries of the rooms' logs, beside the path of messages and behind it: for search, webhooks, notices. Its position in each
/// room is stored. It gets every entry at least once, each room's in the order of the log, on one node at a time. After a crash it gets the
/// entries behind the stored position again, so handling an entry twice must do no harm. Registered as a singleton before the server
/// starts: see docs/adding-a-feature.md.
/// </summary>
internal abstract class LogFollower
{
    /// <summary>The name of its positions in the store, which must not change: another name is another follower.</summary>
    public abstract string Name { get; }

    /// <summary>The entry at which it begins the first time that it runs on a store.</summary>
    public virtual FollowerStart Start => FollowerStart.Now;

    /// <summary>
    /// Handles entries of a room. Called for several rooms at the same time, never twice for one. An exception is logged, and the same
    /// entries come again after a delay that grows each time; other rooms go on.
    /// </summary>
    /// <param name="room">the room</param>
    /// <param name="entries">the next entries in seq order; each message in its present state</param>
    /// <param name="ct">cancelled after <see cref="FollowerOptions.Timeout"/>, and when the node stops: the method must end then</param>
    public abstract Task TakeAsync(RoomId room, IReadOnlyList<Entry> entries, CancellationToken ct);

    /// <summary>
    /// Makes durable what was handled, for all rooms at once. Called before positions are stored, which is for a follower to which
    /// <see cref="TakeAsync"/> need not do so each time.
    /// </summary>
    public virtual Task FlushAsync(CancellationToken ct) => Task.CompletedTask;
}

/// <summary>The entry at which a new follower begins.</summary>
internal enum FollowerStart
{
    /// <summary>The first entry that is committed from now on.</summary>
    Now,

    /// <summary>The first entry of every room.</summary>
    Beginning,
}

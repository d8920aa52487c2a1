using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>The durable log of every room. One implementation a store.</summary>
public interface IRoomLog
{
    /// <summary>
    /// Appends the parts in one transaction, one after the other, and sets each draft's outcome; seqs follow the order of drafts. A refused
    /// draft is left out, and so is a whole part that <see cref="BatchPart.IsRefused"/>: it leaves no row, no used key and no hole among
    /// the seqs. When it returns, everything is durable. When it throws, nothing was written; <see cref="RoomLogException"/> where the
    /// store itself failed. Blocks; called by the commit loops' threads only.
    /// </summary>
    void Append(IReadOnlyList<BatchPart> parts);

    /// <summary>How many commit loops may append at the same time, each to other rooms.</summary>
    int Loops { get; }

    /// <summary>True when other nodes append to it too.</summary>
    bool IsShared { get; }

    /// <summary>Returns whether the user is a member, what they see, and the head of the room's log, all as of one moment.</summary>
    ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct);

    /// <summary>Returns the heads of the logs of those rooms that exist.</summary>
    ValueTask<IReadOnlyDictionary<RoomId, RoomHead>> ReadHeadsAsync(IReadOnlyList<RoomId> rooms, CancellationToken ct);

    /// <summary>
    /// Returns entries behind <paramref name="after"/> up to <paramref name="last"/> in seq order; fewer when they exceed about <paramref
    /// name="maxBytes"/>, but at least one if there is one.
    /// </summary>
    ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct);
}

/// <param name="IsMember">false also where there is no such room</param>
/// <param name="Head">the room's head at that moment</param>
/// <param name="Names">
/// how often names and pictures had changed in the whole store: entries that were read before may have older ones
/// </param>
/// <param name="Bar">who may not write in it</param>
public readonly record struct MembershipState(bool IsMember, RoomHead Head, long Names, Bar Bar = default)
{
    /// <summary>The end of the room's log when the member joined.</summary>
    public long Joined { get; init; }

    /// <summary>True: members see nothing of the room from before they joined.</summary>
    public bool HidesPast { get; init; }
}

/// <summary>Thrown when the store can take nothing now, whatever the drafts: it is full, locked or away.</summary>
public sealed class RoomLogException(Problem problem, Exception cause) : Exception(problem.Title, cause)
{
    public Problem Problem { get; } = problem;
}

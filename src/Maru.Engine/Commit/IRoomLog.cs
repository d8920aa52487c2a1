using Maru.Engine.Rooms;

namespace Maru.Engine.Commit;

/// <summary>The durable log of every room. One implementation a store.</summary>
public interface IRoomLog
{
    /// <summary>
    /// Appends all drafts in one transaction and sets each one's outcome; within a room, seqs follow the list's order. When it returns, everything is durable.
    /// When it throws, nothing was written; <see cref="RoomLogException"/> where the store itself is at fault. Blocks; called by the commit loop's thread only.
    /// </summary>
    /// <param name="rooms">in room order, each once</param>
    void Append(IReadOnlyList<RoomBatch> rooms);

    /// <summary>Whether the user is a member, and the room's last seq, as of one moment.</summary>
    ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct);

    /// <summary>Entries behind <paramref name="after"/> up to <paramref name="last"/> in seq order; fewer beyond about <paramref name="maxBytes"/>, at least one if there is one.</summary>
    ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct);
}

/// <param name="IsMember">false also where there is no such room</param>
/// <param name="Head">the room's last seq at that moment; 0 when empty</param>
public readonly record struct MembershipState(bool IsMember, long Head);

/// <summary>A room's share of a batch. Messages stand before room writes, so that a message and its sender's removal in one batch cannot end in the wrong order.</summary>
public sealed class RoomBatch(RoomId room)
{
    public RoomId Room { get; } = room;

    public List<Draft> Drafts { get; } = [];
}

/// <summary>The store cannot take anything now, whatever the drafts: full, locked, away.</summary>
public sealed class RoomLogException(Problem problem, Exception cause) : Exception(problem.Title, cause)
{
    public Problem Problem { get; } = problem;
}

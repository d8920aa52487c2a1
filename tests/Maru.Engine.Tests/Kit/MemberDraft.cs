using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Tests.Kit;

/// <summary>A member comes into a room or leaves it, or the room ends.</summary>
internal sealed class MemberDraft(long room, long user, EntryKind kind, DraftOutcome outcome)
    : MemoryWrite(new RoomId(room), new UserId(user), outcome)
{
    public Task Settled => outcome.Settled;

    public static MemberDraft Joins(long room, long user) => new(room, user, EntryKind.MemberJoined, new DraftOutcome());

    public static MemberDraft Leaves(long room, long user) => new(room, user, EntryKind.MemberLeft, new DraftOutcome());

    public static MemberDraft Deletes(long room, long user) => new(room, user, EntryKind.RoomDeleted, new DraftOutcome());

    protected override Problem? Write(HashSet<UserId> members, LogHead head)
    {
        if (kind == EntryKind.MemberJoined) members.Add(Actor);
        else if (kind == EntryKind.MemberLeft) members.Remove(Actor);
        else members.Clear();
        var (seq, number) = head.Append(kind);
        Add(new Entry(Room, seq, kind, MemoryRoomLog.Body(seq, 40)) { Number = number, Member = kind.NamesMember ? Actor : null });
        return null;
    }
}

/// <summary>Waits for one draft's outcome, as a request does.</summary>
internal sealed class DraftOutcome : IDraftOwner
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Settled => _settled.Task;

    void IDraftOwner.Settled(Draft draft, FlushList flush) => _settled.SetResult();
}

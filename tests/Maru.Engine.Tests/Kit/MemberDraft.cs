using Maru.Engine.Log;

using Maru.Engine.Output;
namespace Maru.Engine.Tests.Kit;

/// <summary>Someone comes into a room or leaves it: what the server's room writes do, in memory.</summary>
internal sealed class MemberDraft(long room, long user, EntryKind kind, DraftOutcome outcome)
    : Draft(new RoomId(room), new UserId(user), 64, outcome)
{
    private Entry? _entry;

    public Task Settled => outcome.Settled;

    public static MemberDraft Joins(long room, long user) => new(room, user, EntryKind.MemberJoined, new DraftOutcome());

    public static MemberDraft Leaves(long room, long user) => new(room, user, EntryKind.MemberLeft, new DraftOutcome());

    public static MemberDraft Deletes(long room, long user) => new(room, user, EntryKind.RoomDeleted, new DraftOutcome());

    public void Run(HashSet<UserId> members, List<Entry> entries)
    {
        if (kind == EntryKind.MemberJoined) members.Add(Actor);
        else if (kind == EntryKind.MemberLeft) members.Remove(Actor);
        else members.Clear();
        var seq = entries.Count + 1;
        _entry = new Entry(Room, seq, kind, MemoryRoomLog.Body(seq, 40)) { Member = kind == EntryKind.RoomDeleted ? null : Actor };
        entries.Add(_entry);
        Committed(seq);
    }

    public override void CopyEntries(List<Entry> into)
    {
        if (Refusal is null && _entry is not null) into.Add(_entry);
    }
}

/// <summary>Waits for one draft's outcome, as a request does.</summary>
internal sealed class DraftOutcome : IDraftOwner
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Settled => _settled.Task;

    void IDraftOwner.Settled(Draft draft, FlushList flush) => _settled.SetResult();
}

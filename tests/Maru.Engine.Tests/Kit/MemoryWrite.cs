using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Tests.Kit;

/// <summary>The server's room writes in memory: a change of a room with its entries.</summary>
internal abstract class MemoryWrite(RoomId room, UserId actor, IDraftOwner owner) : Draft(room, actor, 64, owner)
{
    private readonly List<Entry> _entries = [];

    /// <summary>Called by the log, behind the messages of the batch.</summary>
    public void Run(HashSet<UserId> members, LogHead head)
    {
        _entries.Clear();
        var before = head.End;
        if (Write(members, head) is { } problem)
        {
            head.Return(before);
            Refuse(problem);
        }
        else
        {
            Committed(head.End.Seq);
        }
    }

    public override void CopyEntries(List<Entry> into)
    {
        if (Refusal is null) into.AddRange(_entries);
    }

    /// <summary>Returns the reason why not, or null. A refused write has changed no member.</summary>
    protected abstract Problem? Write(HashSet<UserId> members, LogHead head);

    protected void Add(Entry entry) => _entries.Add(entry);
}

using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Tests.Kit;

/// <summary>A message is edited or deleted: from then on the log has it, and all entries about it, in its new state.</summary>
internal sealed class ChangeDraft(MemoryRoomLog log, long room, EntryKind kind, long target, DraftOutcome outcome)
    : MemoryWrite(new RoomId(room), new UserId(7), outcome)
{
    public static async Task ApplyAsync(EngineRig rig, long room, EntryKind kind, long target)
    {
        var outcome = new DraftOutcome();
        await rig.Engine.AppendAsync(new ChangeDraft(rig.Log, room, kind, target, outcome));
        await outcome.Settled.Within("the change");
    }

    /// <summary>Returns the event of an edit or a deletion, with the text that it leaves.</summary>
    public static byte[] Body(EntryKind kind, long seq, string text) =>
        System.Text.Encoding.UTF8.GetBytes($"{{\"type\":\"{kind}\",\"seq\":{seq},\"text\":\"{text}\"}}");

    protected override Problem? Write(HashSet<UserId> members, LogHead head)
    {
        var text = kind == EntryKind.MessageDeleted ? "" : $"edit {head.End.Seq + 1}";
        log.Retell(Room, target, text);
        var (seq, _) = head.Append(kind);
        Add(new Entry(Room, seq, kind, Body(kind, seq, text)) { Target = target });
        return null;
    }
}

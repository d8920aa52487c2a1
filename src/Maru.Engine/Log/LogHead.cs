namespace Maru.Engine.Log;

/// <summary>How far a room's log goes.</summary>
/// <param name="Seq">of its last entry; 0 when it is empty</param>
/// <param name="Messages">how many messages are among its entries, deleted ones too: the number of the last one</param>
public readonly record struct RoomHead(long Seq, long Messages);

/// <summary>
/// The end of a room's log while a batch is appended: where it was, and where it will be.
/// Gives each entry its seq and each message its number. Commit loop only.
/// </summary>
public sealed class LogHead(RoomId room, RoomHead head)
{
    public RoomId Room { get; } = room;

    /// <summary>Before the batch.</summary>
    public RoomHead Start { get; private set; } = head;

    /// <summary>So far.</summary>
    public RoomHead End { get; private set; } = head;

    /// <summary>The time of the batch, in unix milliseconds.</summary>
    public long At { get; private set; }

    /// <summary>The batch has appended something.</summary>
    public bool HasMoved => End.Seq > Start.Seq;

    /// <summary>A batch begins, at that time.</summary>
    public LogHead Begin(long at)
    {
        (Start, At) = (End, at);
        return this;
    }

    /// <summary>Appends an entry; returns where the log ends with it.</summary>
    public RoomHead Append(EntryKind kind) => End = new RoomHead(End.Seq + 1, kind.IsMessage ? End.Messages + 1 : End.Messages);

    /// <summary>Takes back what was appended behind that end.</summary>
    public void Return(RoomHead to) => End = to;
}

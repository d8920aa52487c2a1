namespace Maru.Engine.Log;

/// <summary>The head of a room's log: how far it goes.</summary>
/// <param name="Seq">the seq of its last entry; 0 when it is empty</param>
/// <param name="Messages">the number of messages among its entries, deleted ones included: the number of the last one</param>
public readonly record struct RoomHead(long Seq, long Messages);

/// <summary>
/// The end of a room's log while a batch is appended, before the batch and so far. Gives each entry its seq and each message its number,
/// and knows who may write.
/// Commit loop only.
/// </summary>
/// <param name="room">the room</param>
/// <param name="head">where its log ends</param>
/// <param name="bar">of a direct room</param>
public sealed class LogHead(RoomId room, RoomHead head, Bar bar = default)
{
    public RoomId Room { get; } = room;

    /// <summary>The head before the batch.</summary>
    public RoomHead Start { get; private set; } = head;

    /// <summary>The head so far.</summary>
    public RoomHead End { get; private set; } = head;

    /// <summary>Who may not write in the room. A write that changes it stores it too.</summary>
    public Bar Bar { get; set; } = bar;

    /// <summary>The time of the batch, in unix milliseconds.</summary>
    public long At { get; private set; }

    /// <summary>Who may write to the room, as of now.</summary>
    public WriteRules Rules { get; private set; }

    /// <summary>True when the batch has appended an entry.</summary>
    public bool HasMoved => End.Seq > Start.Seq;

    /// <summary>Begins a batch at that time.</summary>
    public LogHead Begin(long at)
    {
        (Start, At) = (End, at);
        return this;
    }

    /// <summary>Appends an entry; returns the head with it.</summary>
    public RoomHead Append(EntryKind kind) => End = new RoomHead(End.Seq + 1, kind.IsMessage ? End.Messages + 1 : End.Messages);

    /// <summary>Sets who may write from now on.</summary>
    public LogHead Rule(WriteRules rules)
    {
        Rules = rules;
        return this;
    }

    /// <summary>Takes back the entries behind that head.</summary>
    public void Return(RoomHead to) => End = to;
}

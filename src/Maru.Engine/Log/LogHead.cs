namespace Maru.Engine.Log;

/// <summary>
/// The end of a room's log while a batch is appended: where it was, and where it will be. Gives each entry its seq. Commit loop only.
/// </summary>
public sealed class LogHead(RoomId room, long seq)
{
    public RoomId Room { get; } = room;

    /// <summary>The last seq before the batch.</summary>
    public long Start { get; private set; } = seq;

    /// <summary>The last seq so far.</summary>
    public long Seq { get; private set; } = seq;

    /// <summary>The time of the batch, in unix milliseconds.</summary>
    public long At { get; private set; }

    /// <summary>The batch has appended something.</summary>
    public bool HasMoved => Seq > Start;

    /// <summary>A batch begins, at that time.</summary>
    public LogHead Begin(long at)
    {
        (Start, At) = (Seq, at);
        return this;
    }

    /// <summary>Appends an entry; returns its seq.</summary>
    public long Append() => ++Seq;

    /// <summary>Takes back what was appended behind that seq.</summary>
    public void Return(long to) => Seq = to;
}

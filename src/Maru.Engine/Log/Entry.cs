namespace Maru.Engine.Log;

/// <summary>What an entry of a room's log says. The numbers are stored.</summary>
public enum EntryType : byte
{
    MessageCreated = 0,
    MemberJoined = 1,
    MemberLeft = 2,
    RoomChanged = 3,
    MessageEdited = 4,
    MessageDeleted = 5,
    RoomDeleted = 6,
}

/// <summary>
/// One committed entry of a room's log, immutable. <see cref="Body"/> is its event as JSON, written once for all receivers and transports.
/// </summary>
public sealed class Entry(RoomId room, long seq, EntryType type, byte[] body)
{
    public RoomId Room { get; } = room;

    /// <summary>1, 2, 3 … within the room, without gaps.</summary>
    public long Seq { get; } = seq;

    public EntryType Type { get; } = type;

    /// <summary>The event, UTF-8 JSON.</summary>
    public byte[] Body { get; } = body;

    /// <summary>Who came or went, for <see cref="EntryType.MemberJoined"/> and <see cref="EntryType.MemberLeft"/>.</summary>
    public UserId? Member { get; init; }
}

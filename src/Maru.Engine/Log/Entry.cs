namespace Maru.Engine.Log;

/// <summary>
/// One committed entry of a room's log, immutable. <see cref="Body"/> is its event as JSON, written once for all receivers and transports.
/// </summary>
public sealed class Entry(RoomId room, long seq, EntryKind kind, byte[] body)
{
    private readonly UserId _sender;    // no user: none
    private readonly UserId _member;
    private readonly long _message;     // it changes that one; negative: it is about that one and does not change it
    private object? _rare;      // whom it mentions, or its trace, or both of them: a field for each would be paid by all entries

    public RoomId Room { get; } = room;

    /// <summary>1, 2, 3 … within the room, without gaps.</summary>
    public long Seq { get; } = seq;

    public EntryKind Kind { get; } = kind;

    /// <summary>The event, UTF-8 JSON.</summary>
    public byte[] Body { get; } = body;

    /// <summary>
    /// The number of the room's last message up to here: the entry's own, if it is a message. 0: a change that was read from the log.
    /// </summary>
    public long Number { get; init; }

    /// <summary>Who sent it, if it is a message that was committed on this node just now.</summary>
    public UserId? Sender
    {
        get => _sender == default ? null : _sender;
        init => _sender = value ?? default;
    }

    /// <summary>
    /// The seq of the message that it changes, so that earlier entries read otherwise; 0 for none. A reaction, a pin or a vote has none:
    /// events that are told again may have the reactions and votes of their time, since each change follows as an entry of its own.
    /// </summary>
    public long Target
    {
        get => Math.Max(_message, 0);
        init => _message = value > 0 ? value : _message;
    }

    /// <summary>
    /// The seq of the message that it is about, whether it changes it or not; 0 for none. Who does not see that message does not see what
    /// the entry says.
    /// </summary>
    public long About
    {
        get => Math.Abs(_message);
        init => _message = _message == 0 ? -value : _message;
    }

    /// <summary>The member who came or went, where the kind <see cref="EntryKind.NamesMember"/>.</summary>
    public UserId? Member
    {
        get => _member == default ? null : _member;
        init => _member = value ?? default;
    }

    /// <summary>Follows it on its way; null: nobody does.</summary>
    internal MessageTrace? Trace
    {
        get => _rare as MessageTrace ?? (_rare as Rare)?.Trace;
        set => _rare = Mentioned is { } mentioned && value is not null ? new Rare(mentioned, value) : value ?? (object?)Mentioned;
    }

    /// <summary>
    /// Whom it newly mentions, where it was committed on this node just now: <see cref="Mentions.Targets"/>. Null: it changes no mentions.
    /// </summary>
    public IReadOnlyList<UserId>? Mentioned
    {
        get => _rare as IReadOnlyList<UserId> ?? (_rare as Rare)?.Mentioned;
        init => _rare = value;
    }

    private sealed record Rare(IReadOnlyList<UserId> Mentioned, MessageTrace Trace);
}

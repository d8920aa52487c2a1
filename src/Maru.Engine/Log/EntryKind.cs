using System.Text.Json;

namespace Maru.Engine.Log;

/// <summary>How a room's history shows the entries of a kind.</summary>
public enum Shown : byte
{
    /// <summary>Not by themselves: they change how other entries are shown.</summary>
    Never,

    /// <summary>As a person's message. These are counted: each has a number in its room.</summary>
    AsMessage,

    /// <summary>As a message of the system.</summary>
    AsSystem,
}

/// <summary>The effect of a kind's entries on members' rights to the room.</summary>
public enum RightsChange : byte
{
    None,

    /// <summary>The entry's member gets the right.</summary>
    Begin,

    /// <summary>The entry's member loses the right.</summary>
    End,

    /// <summary>All members lose it.</summary>
    EndAll,
}

/// <summary>
/// A kind of entry in a room's log. One row a kind; whatever code asks of a kind is a column. A number without a row is the kind of a newer
/// node: its entries keep their place in the log and are passed on.
/// </summary>
public sealed class EntryKind
{
    public static readonly EntryKind MessageCreated = new(0, "message.created") { Shown = Shown.AsMessage };
    public static readonly EntryKind MemberJoined = new(1, "member.joined") { Shown = Shown.AsSystem, Rights = RightsChange.Begin };
    public static readonly EntryKind MemberLeft = new(2, "member.left") { Shown = Shown.AsSystem, Rights = RightsChange.End };
    public static readonly EntryKind RoomChanged = new(3, "room.changed") { Shown = Shown.AsSystem };
    public static readonly EntryKind MessageEdited = new(4, "message.edited") { ChangesMessage = true };
    public static readonly EntryKind MessageDeleted = new(5, "message.deleted") { ChangesMessage = true, RemovesMessage = true };
    public static readonly EntryKind RoomDeleted = new(6, "room.deleted") { Rights = RightsChange.EndAll };
    public static readonly EntryKind ReactionChanged = new(7, "reaction.changed");
    public static readonly EntryKind PinChanged = new(8, "pin.changed");
    public static readonly EntryKind PollChanged = new(9, "poll.changed");
    public static readonly EntryKind MessagePreview = new(10, "message.preview") { ChangesMessage = true };

    /// <summary>In place of an entry that a member does not see. Never stored.</summary>
    internal static readonly EntryKind Hidden = new(-1, "hidden");

    /// <summary>By their numbers.</summary>
    private static readonly EntryKind[] Known =
    [
        MessageCreated, MemberJoined, MemberLeft, RoomChanged, MessageEdited, MessageDeleted, RoomDeleted, ReactionChanged, PinChanged,
        PollChanged, MessagePreview,
    ];

    internal EntryKind(long number, string name) => (Number, Event) = (number, JsonEncodedText.Encode(name));

    /// <summary>The number under which it is stored.</summary>
    public long Number { get; }

    /// <summary>The <c>type</c> of its events.</summary>
    public JsonEncodedText Event { get; }

    public Shown Shown { get; internal init; }

    public RightsChange Rights { get; private init; }

    /// <summary>Its entries have a target, the seq of a message, and carry that message as it is from then on.</summary>
    public bool ChangesMessage { get; private init; }

    /// <summary>Its entries remove the content of their target, which is sent to nobody any more.</summary>
    public bool RemovesMessage { get; private init; }

    /// <summary>Its entries count as messages.</summary>
    public bool IsMessage => Shown == Shown.AsMessage;

    /// <summary>Its entries are about one member who came or went.</summary>
    public bool NamesMember => Rights is RightsChange.Begin or RightsChange.End;

    /// <summary>False for a kind of a newer node.</summary>
    public bool IsKnown => Number >= 0 && Number < Known.Length && Known[Number] == this;

    public static EntryKind Of(long number) => number >= 0 && number < Known.Length ? Known[number] : new EntryKind(number, "unknown");

    public override string ToString() => Event.ToString();
}

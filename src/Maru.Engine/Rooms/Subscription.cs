using Maru.Engine.Connections;
using Maru.Engine.Lanes;
using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// A connection's position in a room's log. Live, it gets entries as they are released. As a cursor (after a resume, or for a slow client)
/// it reads them from the tail or the store at the client's pace until it has caught up. Lane only, unless a member says otherwise.
/// </summary>
internal sealed class Subscription(Connection connection, Membership membership, WireSubscription key, string? signal) : LaneWork
{
    private bool _ended;

    public Connection Connection { get; } = connection;

    public Membership Membership { get; } = membership;

    /// <summary>Memory that it takes, with its wire form: some 1,000 bytes, and its id a few times.</summary>
    public int Bytes { get; } = 1024 + (4 * key.Id.Length);

    public Room Room => Membership.Room;

    public WireSubscription Key { get; } = key;

    /// <summary>Shared with the room's other subscriptions of that key; set by the hub.</summary>
    public WireForm Form { get; set; } = null!;

    /// <summary>The signal's name, or null for the room's log.</summary>
    public string? Signal { get; } = signal;

    /// <summary>
    /// The seq up to which the member does not see the room's messages, nor later entries about these; 0 for none.
    /// </summary>
    public long HiddenUpTo => Room.HidesPast ? Membership.Joined : 0;

    /// <summary>The seq that this subscriber sees next.</summary>
    public long Next { get; set; }

    /// <summary>True while it reads entries instead of getting them pushed.</summary>
    public bool IsCursor { get; set; }

    /// <summary>True while a page for it is being read from the store.</summary>
    public bool IsReading { get; set; }

    /// <summary>Index in the room's array; −1 when it is not, or no longer, subscribed.</summary>
    public int Index { get; set; } = -1;

    /// <summary>True when the room ended it, because the membership ended. Any thread.</summary>
    public bool IsEnded { get => Volatile.Read(ref _ended); set => Volatile.Write(ref _ended, value); }

    /// <summary>Live subscriptions do not wait behind those that read the past.</summary>
    public override bool GivesWay => true;

    /// <summary>Called when the outbox is empty again, on any thread: posts the next step of the cursor.</summary>
    public void PostCatchUp() => Room.Lane.Post(this);

    /// <summary>Catches up: the subscription itself is that work, so none is allocated.</summary>
    public override void Do(FlushList flush) => Room.CatchUp(this, flush);
}

using Maru.Engine.Connections;
using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// A connection's place in a room's log. Live, it gets entries as they are released. As a cursor (a resume, or a slow client) it reads them
/// from the tail or the store at the client's pace until it has caught up. Lane only, except where said.
/// </summary>
internal sealed class Subscription(Connection connection, Membership membership, WireSubscription key, string? signal) : LaneWork
{
    private bool _ended;

    public Connection Connection { get; } = connection;

    public Membership Membership { get; } = membership;

    public Room Room => Membership.Room;

    public WireSubscription Key { get; } = key;

    /// <summary>Shared with the room's other subscriptions of that key; set by the hub.</summary>
    public WireForm Form { get; set; } = null!;

    /// <summary>The signal's name, or null for the room's log.</summary>
    public string? Signal { get; } = signal;

    /// <summary>The seq that this subscriber sees next.</summary>
    public long Next { get; set; }

    /// <summary>True while entries are not pushed but fetched.</summary>
    public bool IsCursor { get; set; }

    /// <summary>True while a page for it is being read from the store.</summary>
    public bool IsReading { get; set; }

    /// <summary>Position in the room's array; −1 when it is not, or no longer, subscribed.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Any thread: the room ended it, because membership ended.</summary>
    public bool IsEnded { get => Volatile.Read(ref _ended); set => Volatile.Write(ref _ended, value); }

    /// <summary>Any thread: the outbox is empty again.</summary>
    public void PostCatchUp() => Room.Lane.Post(this);

    /// <summary>As work it is its own catching up.</summary>
    public override void Do(FlushList flush) => Room.CatchUp(this, flush);
}

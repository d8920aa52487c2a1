using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Rooms;

/// <summary>A client asks for its user's membership, with the state that was read from the store.</summary>
/// <param name="room">the room</param>
/// <param name="user">the user</param>
/// <param name="state">read from the store</param>
/// <param name="known">
/// seq of the last change of members that the room knew of before that: the state includes it, or it was never committed
/// </param>
internal sealed class Entering(Room room, UserId user, MembershipState state, long known) : LaneWork
{
    private readonly TaskCompletionSource<Membership?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public UserId User { get; } = user;

    public MembershipState State { get; } = state;

    /// <summary>Seq of the last change of members that the room knows of.</summary>
    public long Known { get; set; } = known;

    /// <summary>Set when membership changed in the room since <see cref="State"/> was read.</summary>
    public bool ReadAgain { get; set; }

    public Task<Membership?> Answer => _answer.Task;

    public override void Do(FlushList flush) => _answer.TrySetResult(room.Enter(this, flush));
}

/// <summary>The state of a room, as read from the store.</summary>
internal sealed class Looking(Room room, MembershipState state) : LaneWork
{
    public override void Do(FlushList flush) => room.Look(state);
}

/// <summary>Who may not write in a direct room has changed.</summary>
internal sealed class Barring(Room room, Bar bar) : LaneWork
{
    public override void Do(FlushList flush) => room.Take(bar);
}

/// <summary>A client that was about to enter could not.</summary>
internal sealed class GivingUp(Room room) : LaneWork
{
    public override void Do(FlushList flush) => room.GiveUp();
}

/// <summary>A client gives back its membership.</summary>
internal sealed class Leaving(Membership membership) : LaneWork
{
    public override void Do(FlushList flush) => membership.Room.Leave(membership);
}

/// <param name="after">the last seq that the client has; null: only entries from now on</param>
/// <param name="ticket">the client's name for the request</param>
internal sealed class Subscribing(Subscription subscription, long? after, Ticket ticket) : LaneWork
{
    public Subscription Subscription => subscription;

    public long? After => after;

    /// <summary>Bytes that it counts for until the lane has done it.</summary>
    public int Bytes => 128 + ticket.Bytes;

    public override void Do(FlushList flush) => subscription.Room.Subscribe(this, flush);

    public void Done(FlushList flush)
    {
        subscription.Connection.Acknowledge(ticket, flush);
        subscription.Connection.InFlight.Return(Bytes);
    }

    public void Refuse(Problem problem, FlushList flush)
    {
        subscription.IsEnded = true;
        subscription.Connection.Refuse(ticket, problem, flush);
        subscription.Connection.InFlight.Return(Bytes);
    }
}

/// <param name="ticket">the client's name for the request</param>
internal sealed class Unsubscribing(Subscription subscription, Ticket ticket) : LaneWork
{
    /// <summary>Bytes that it counts for until the lane has done it.</summary>
    public int Bytes => 128 + ticket.Bytes;

    public override void Do(FlushList flush)
    {
        subscription.Room.Unsubscribe(subscription);
        subscription.Connection.Acknowledge(ticket, flush);
        subscription.Connection.InFlight.Return(Bytes);
    }
}

/// <summary>The wait for the entries behind that seq is over.</summary>
internal sealed class GapWaited(Room room, long after) : LaneWork
{
    public override void Do(FlushList flush) => room.GapWaited(after);
}

/// <summary>A page of the log, read from the store.</summary>
/// <param name="room">the room</param>
/// <param name="after">the seq behind which it begins</param>
/// <param name="entries">none when it <paramref name="failed"/>, or when the log ends there</param>
/// <param name="failed">the store could not be read</param>
internal sealed class LogPage(Room room, long after, List<Entry> entries, bool failed) : LaneWork
{
    public long After => after;

    public List<Entry> Entries => entries;

    public bool Failed => failed;

    /// <summary>True when it was read to fill a gap in the tail.</summary>
    public bool FillsGap { get; init; }

    public override bool GivesWay => !FillsGap;

    public override void Do(FlushList flush) => room.TakePage(this, flush);
}

/// <summary>Memory is tight: the room gives back what it need not keep.</summary>
internal sealed class Trimming(Room room) : LaneWork
{
    public override void Do(FlushList flush) => room.Trim();
}

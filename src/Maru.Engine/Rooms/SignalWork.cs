using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>A signal on its way to the room's listeners on this node.</summary>
internal abstract class SignalWork(Signal signal) : LaneWork
{
    public Signal Signal => signal;

    /// <summary>Called in the lane when it has been delivered or dropped: the bytes that it counts for are given back.</summary>
    public abstract void Done();
}

/// <summary>A signal of another node.</summary>
internal sealed class ReceivedSignal(Room room, Signal signal, ByteBudget budget) : SignalWork(signal)
{
    public override void Do(FlushList flush)
    {
        if (!room.Bar.IsUp && room.Signals.TryCharge(this)) room.Signals.Deliver(this, flush);
        else Done();
    }

    public override void Done() => budget.Return(Signal.Bytes);
}

/// <summary>A signal that a member on this node sent: for the members here, and for other nodes.</summary>
/// <param name="membership">the sender's right, which is looked at when the signal leaves: it may have been held for a while</param>
/// <param name="signal">the signal</param>
/// <param name="origin">the sender's connection, which it counts for until it is delivered</param>
/// <param name="ticket">the client's name for the request; null: a transaction held it, and its outcome is that of the commit</param>
/// <param name="channels">the way to other nodes</param>
internal sealed class PassingSignal(Membership membership, Signal signal, Connection origin, Ticket? ticket, RoomChannels channels)
    : SignalWork(signal)
{
    public override void Do(FlushList flush)
    {
        var signals = membership.Room.Signals;
        var refusal = !membership.IsActive ? Membership.None
            : membership.Room.Bar.For(membership.User) is { } barred ? barred
            : !signals.TryCharge(this) ? new Refusal(Problem.RateLimited, "Your signals reach more listeners a second than they may.")
            : null;
        if (refusal is not null)
        {
            if (ticket is { } refused) origin.Refuse(refused, refusal, flush);
            Done();
            return;
        }

        if (ticket is { } accepted) origin.Acknowledge(accepted, flush);
        channels.Publish(membership.Room.Id, Signal);
        signals.Deliver(this, flush);
    }

    public override void Done() => origin.InFlight.Return(Signal.Bytes);
}

using Maru.Engine.Lanes;
using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// A room's signals on their way to their listeners, one after the other. One to a few listeners goes out at once; one to many gives the
/// lane back after each <see cref="Share"/> of them, and those sent behind it wait. Lane only.
/// </summary>
internal sealed class SignalQueue(Lane lane, Hub hub, Gcra rate, EngineMetrics metrics) : LaneWork
{
    private const int Share = 1000;
    private const int MostWaiting = 256;

    private readonly Queue<(SignalWork Work, SignalFrames Frames)> _waiting = new();

    public override bool GivesWay => true;

    /// <summary>Charges the sender for each listener; false: there have been too many in a short time.</summary>
    public bool TryCharge(SignalWork work)
    {
        var listeners = hub.Listeners(work.Signal.Name);
        if (listeners == 0 || rate.TryTake(work.Signal.Sender.Value, listeners)) return true;
        metrics.SignalsDropped.Add(1);
        return false;
    }

    /// <summary>Delivers a signal, or drops it when too many wait.</summary>
    public void Deliver(SignalWork work, FlushList flush)
    {
        if (_waiting.Count == MostWaiting)
        {
            metrics.SignalsDropped.Add(1);
            work.Done();
            return;
        }

        var frames = new SignalFrames(work.Signal);
        if (_waiting.Count == 0 && hub.Deliver(frames, Share, flush))
        {
            work.Done();
            return;
        }

        _waiting.Enqueue((work, frames));
        if (_waiting.Count == 1) lane.Post(this);
    }

    /// <summary>Goes on with the first one that waits.</summary>
    public override void Do(FlushList flush)
    {
        if (!_waiting.TryPeek(out var first)) return;
        if (hub.Deliver(first.Frames, Share, flush)) _waiting.Dequeue().Work.Done();
        if (_waiting.Count > 0) lane.Post(this);
    }
}

namespace Maru.Engine.Rooms;

/// <summary>
/// Subscriptions to the past, which wait until the lane has come as far as the log had when they were asked for. Lane only.
/// </summary>
internal sealed class WaitingSubscriptions
{
    private readonly List<(Subscribing Subscribing, long Head)> _all = [];

    /// <param name="subscribing">what waits</param>
    /// <param name="head">the head of the log when it was asked for</param>
    public void Add(Subscribing subscribing, long head) => _all.Add((subscribing, head));

    /// <summary>Takes those that wait for no later seq out, in the order in which they came.</summary>
    public Subscribing[] TakeUpTo(long seq)
    {
        if (_all.Count == 0) return [];
        var taken = _all.Where(x => x.Head <= seq).Select(x => x.Subscribing).ToArray();
        _all.RemoveAll(x => x.Head <= seq);
        return taken;
    }
}

namespace Maru.Engine.Rooms;

/// <summary>
/// Events of one kind that wait until they may be sent to a room's subscribers, of each person the newest. How many the subscribers get a
/// second is bounded, and the more of them there are, the fewer. Full means that an event is dropped. Lane only.
/// </summary>
/// <param name="kind">for the metrics</param>
/// <param name="parts">with the clock and the bound</param>
/// <param name="encode">makes the event of a person and what there is to tell of them</param>
internal sealed class EventLine(string kind, RoomParts parts, Func<UserId, long, byte[]> encode)
{
    private const int MostWaiting = 100;
    private const double EventsPerSecond = 20;
    private const double Burst = 2.5;       // seconds whose events may be sent at once after a rest

    private readonly Dictionary<UserId, long> _waiting = [];
    private readonly Queue<UserId> _order = new();      // of those that wait
    private readonly KeyValuePair<string, object?> _kind = new("kind", kind);
    private double _credit;     // subscribers that may be reached now
    private long? _creditAt;    // when it was counted last

    public bool IsEmpty => _order.Count == 0;

    /// <summary>Adds what is to be told of a person, in place of what waits; false: too many people wait.</summary>
    public bool TryAdd(UserId user, long what)
    {
        if (!_waiting.ContainsKey(user))
        {
            if (_waiting.Count == MostWaiting)
            {
                parts.Metrics.EphemeralDropped.Add(1, _kind);
                return false;
            }

            _order.Enqueue(user);
        }

        _waiting[user] = what;
        return true;
    }

    /// <summary>Takes the event that waits for longest, if that many subscribers may be reached now.</summary>
    public RoomEvent? TryTake(int subscribers)
    {
        if (IsEmpty || !TryPay(subscribers)) return null;
        var user = _order.Dequeue();
        _waiting.Remove(user, out var what);
        parts.Metrics.EphemeralSent.Add(1, _kind);
        return new RoomEvent(encode(user, what));
    }

    public void Clear()
    {
        _waiting.Clear();
        _order.Clear();
    }

    private bool TryPay(int subscribers)
    {
        double perSecond = parts.Options.EventDeliveriesPerSecond;
        var (now, cost) = (parts.Clock.Now, Math.Max(subscribers, perSecond / EventsPerSecond));
        var most = Math.Max(perSecond * Burst, cost);
        _credit = _creditAt is { } then ? Math.Min(most, _credit + ((now - then) / 1000.0 * perSecond)) : most;
        _creditAt = now;
        if (_credit < cost) return false;
        _credit -= cost;
        return true;
    }
}

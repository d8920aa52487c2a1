using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// Who types in a room. Of the people of this node it knows when they stop: when they say so, send a message, leave the room, or do not say
/// again that they type. What they say is passed on at most once a second, to the subscribers here and to other nodes. Events wait for
/// their turn, of each person the last; what a room's subscribers get a second is bounded, and the more there are, the fewer events they
/// get. Full means that an event is dropped: clients let a person stop by themselves too. Lane only, but for <see cref="Post"/>.
/// </summary>
internal sealed class Typing(Room room, Hub hub, RoomParts parts) : LaneWork
{
    private const int MostTypists = 100;
    private const int MostWaiting = 100;
    private const int Share = 1000;             // subscribers of one turn
    private const long PassEvery = 1000;        // ms

    private readonly Dictionary<UserId, Typist> _typists = [];
    private readonly Dictionary<UserId, bool> _waiting = [];
    private readonly Queue<UserId> _order = new();      // of those that wait
    private readonly long _expiry = (long)parts.Options.Presence.TypingExpiry.TotalMilliseconds;
    private RoomEvent? _event;      // on its way
    private double _credit;         // subscribers that may be reached now
    private long _creditAt;
    private int _posted;

    public override bool GivesWay => true;

    /// <summary>True while somebody types or an event is on its way: the room stays.</summary>
    public bool IsActive => _typists.Count > 0 || IsDelivering;

    private bool IsDelivering => _event is not null || _waiting.Count > 0;

    /// <summary>Posts its next turn. Any thread.</summary>
    public void Post()
    {
        if (Interlocked.Exchange(ref _posted, 1) == 0 && !room.Lane.Post(this)) Volatile.Write(ref _posted, 0);
    }

    /// <summary>Takes what a member on this node says.</summary>
    public void Set(UserId user, bool types)
    {
        if (!_typists.TryGetValue(user, out var typist))
        {
            if (!types || _typists.Count == MostTypists) return;
            _typists.Add(user, typist = new Typist());
            parts.Typing.Add(this);
        }

        typist.Types = types;
        typist.ExpiresAt = parts.Clock.Now + _expiry;
        Pass(user, typist);
    }

    /// <summary>Lets a person stop, who sent a message or left; null: everybody.</summary>
    public void Stop(UserId? user)
    {
        if (user is { } one)
        {
            if (_typists.ContainsKey(one)) Set(one, false);
            return;
        }

        foreach (var each in _typists.Keys) Set(each, false);
    }

    /// <summary>Takes what was passed on here or by another node.</summary>
    public void Hear(UserId user, bool types)
    {
        if (hub.Subscribers == 0) return;
        if (!_waiting.ContainsKey(user))
        {
            if (_waiting.Count == MostWaiting)
            {
                parts.Metrics.SignalsDropped.Add(1);
                return;
            }

            _order.Enqueue(user);
        }

        _waiting[user] = types;
        parts.Typing.Add(this);
        Post();
    }

    /// <summary>Lets those stop whose time is over, and sends what may be sent now.</summary>
    public override void Do(FlushList flush)
    {
        Volatile.Write(ref _posted, 0);
        Expire();
        Deliver(flush);
        if (IsActive) return;
        parts.Typing.Remove(this);
        room.GiveUp();
    }

    private void Expire()
    {
        var now = parts.Clock.Now;
        foreach (var (user, typist) in _typists)
        {
            if (typist.Types && now >= typist.ExpiresAt) typist.Types = false;
            if (typist.Types != typist.Passed) Pass(user, typist);
            // Kept for a second more: who begins again at once is not passed on at once.
            else if (!typist.Types && now - typist.PassedAt >= PassEvery) _typists.Remove(user);
        }
    }

    private void Pass(UserId user, Typist typist)
    {
        var now = parts.Clock.Now;
        // Each second, or for a renewal when half of its time is over.
        if (now - typist.PassedAt < (typist.Types == typist.Passed ? _expiry / 2 : PassEvery)) return;
        if (!typist.Types && !typist.Passed) return;
        (typist.Passed, typist.PassedAt) = (typist.Types, now);
        parts.Channels.Publish(room.Id, user, typist.Types);
        Hear(user, typist.Types);
    }

    private void Deliver(FlushList flush)
    {
        var reached = 0;
        while (_event is not null || TryNext())
        {
            if (_event is not null && hub.Deliver(_event, Share, flush)) _event = null;
            reached += Math.Min(Share, hub.Subscribers);
            if (reached < Share && _event is null) continue;
            if (IsDelivering) Post();
            return;
        }
    }

    /// <summary>Begins the event that waits for longest, if the room may have one now.</summary>
    private bool TryNext()
    {
        if (_order.Count == 0 || !TryPay(hub.Subscribers)) return false;
        var user = _order.Dequeue();
        _waiting.Remove(user, out var types);
        _event = new RoomEvent(EventJson.Typing(room.Id, user, types));
        return true;
    }

    private bool TryPay(int subscribers)
    {
        var (now, perSecond) = (parts.Clock.Now, parts.Options.Presence.TypingDeliveriesPerSecond);
        var most = Math.Max(perSecond, subscribers);
        _credit = _creditAt == 0 ? most : Math.Min(most, _credit + ((now - _creditAt) / 1000.0 * perSecond));
        _creditAt = Math.Max(1, now);
        if (_credit < subscribers) return false;
        _credit -= subscribers;
        return true;
    }

    private sealed class Typist
    {
        public bool Types { get; set; }

        public long ExpiresAt { get; set; }

        /// <summary>What was passed on last.</summary>
        public bool Passed { get; set; }

        public long PassedAt { get; set; } = long.MinValue / 2;
    }
}

using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Engine.Queues;

namespace Maru.Engine.Rooms;

/// <summary>
/// A room's subscribers and the walk over them: each distinct wire form is encoded once, each receiver costs one reference in its outbox.
/// Lane only.
/// </summary>
internal sealed class Hub(RoomId room, EngineMetrics metrics, MemoryBudget memory)
{
    // Bytes of one run that are encoded at once. A thousand forms of 4 KB each are more than any usual room has.
    private const int EncodeShare = 4 * 1024 * 1024;

    private readonly Subscribers _log = new();
    private readonly KeptRuns _kept = new(memory);
    private readonly Dictionary<WireSubscription, WireForm> _forms = [];
    private readonly Dictionary<string, int> _transports = [];      // how many subscriptions use each
    private Dictionary<string, Subscribers>? _signals;
    private int _cursors;

    public bool IsEmpty => _log.Count == 0 && _signals is not { Count: > 0 };

    public void Add(Subscription subscription)
    {
        if (!_forms.TryGetValue(subscription.Key, out var form))
            _forms[subscription.Key] = form = new WireForm(room, subscription.Key, _kept, metrics);
        form.Users++;
        Count(form.Wire.Name, 1);
        subscription.Form = form;
        if (subscription.Signal is not { } name)
        {
            _log.Add(subscription);
            return;
        }

        _signals ??= [];
        if (!_signals.TryGetValue(name, out var listeners)) _signals[name] = listeners = new Subscribers();
        listeners.Add(subscription);
    }

    public void Remove(Subscription subscription)
    {
        if (subscription.Index < 0) return;
        SetCursor(subscription, false);
        Count(subscription.Form.Wire.Name, -1);
        if (--subscription.Form.Users == 0)
        {
            subscription.Form.Forget();
            _forms.Remove(subscription.Key);
        }

        if (subscription.Signal is not { } name)
        {
            _log.Remove(subscription);
        }
        else if (_signals is not null && _signals.TryGetValue(name, out var listeners))
        {
            listeners.Remove(subscription);
            if (listeners.Count == 0) _signals.Remove(name);
        }
    }

    /// <summary>Removes subscriptions of a user (null: of everyone) that were made with a right older than that seq.</summary>
    public void RemoveAll(UserId? user, long seq)
    {
        RemoveAll(_log, user, seq);
        if (_signals is null) return;
        foreach (var listeners in _signals.Values.ToArray()) RemoveAll(listeners, user, seq);
    }

    /// <summary>
    /// Delivers a run of entries to every live subscription that it comes next for. One whose outbox is full becomes a cursor, and so do
    /// those for whose forms too much would have to be encoded at once: they read on when it is their turn.
    /// </summary>
    /// <param name="run">the entries</param>
    /// <param name="flush">takes the outboxes that have something to send</param>
    /// <param name="oldest">the oldest message that they are about and that is hidden from those who joined behind it</param>
    public void Deliver(List<Entry> run, FlushList flush, long oldest = HiddenPast.Nothing)
    {
        var (first, next) = (run[0].Seq, run[^1].Seq + 1);
        var share = EncodeShare;
        foreach (var subscription in _log.All)
        {
            if (subscription.IsCursor || subscription.Next >= next) continue;
            var outbox = subscription.Connection.Outbox;
            var added = AddResult.Full;
            // An earlier run may have failed on its way to this one, or a part of this one is hidden from it: it reads what it lacks.
            if (subscription.Next == first && !outbox.IsFull && TryEncode(subscription, run, oldest, ref share, out var encoded))
                added = outbox.TryAdd(encoded.Bytes, flush);
            if (added == AddResult.Added)
            {
                subscription.Next = next;
            }
            else if (added == AddResult.Full)
            {
                SetCursor(subscription, true);
                if (!outbox.WhenEmpty(subscription.PostCatchUp)) subscription.PostCatchUp();
            }
        }

        if (_cursors == 0) Forget();
    }

    /// <summary>Turns the live subscriptions that have not come to that seq into cursors.</summary>
    public void LeaveBehind(long next)
    {
        foreach (var subscription in _log.All)
        {
            if (subscription.IsCursor || subscription.Next >= next) continue;
            SetCursor(subscription, true);
            subscription.PostCatchUp();
        }
    }

    /// <summary>
    /// Moves those who joined later behind what is hidden from them now; the room's log has been released up to before that seq.
    /// </summary>
    public void SkipPast(long next)
    {
        foreach (var subscription in _log.All)
        {
            if (subscription.HiddenUpTo is var hidden && subscription.Next > hidden) continue;
            subscription.Next = hidden + 1;
            if (subscription.IsCursor || subscription.Next >= next)
            {
                SetCursor(subscription, subscription.Next < next);
                continue;
            }

            SetCursor(subscription, true);
            subscription.PostCatchUp();
        }
    }

    /// <summary>Turns a subscription from live to cursor or back. Encoded runs are kept while cursors may want them.</summary>
    public void SetCursor(Subscription subscription, bool isCursor)
    {
        if (subscription.IsCursor == isCursor) return;
        subscription.IsCursor = isCursor;
        _cursors += isCursor ? 1 : -1;
        metrics.Cursors.Add(isCursor ? 1 : -1);
        if (_cursors == 0) Forget();
    }

    /// <summary>Tells how long entries took to those who listen, by the transports that they use.</summary>
    /// <param name="origin">where they were committed: here or elsewhere</param>
    /// <param name="delivery">since they were durable here, or arrived from elsewhere</param>
    public void Measure(string origin, TimeSpan delivery)
    {
        foreach (var (transport, _) in _transports)
            metrics.DeliveryTime.Record(delivery.TotalSeconds, EngineMetrics.Transport(transport), new("origin", origin));
    }

    /// <summary>Drops encoded runs: none of them is sent again.</summary>
    public void Forget()
    {
        if (_kept.Bytes == 0) return;
        foreach (var form in _forms.Values) form.Forget();
    }

    /// <summary>The subscriptions to the log.</summary>
    public int Subscribers => _log.Count;

    /// <summary>
    /// Delivers an event to up to that many more of the log's subscriptions; returns whether all of them have had their turn. Those that
    /// read the past do not get it. Only one event is on its way at a time.
    /// </summary>
    public bool Deliver(RoomEvent e, int share, FlushList flush)
    {
        var end = Math.Min(_log.Count, _log.Passed + share);
        foreach (var subscription in _log.All[_log.Passed..end])
        {
            if (!subscription.IsCursor) e.Send(subscription, flush);
        }

        _log.Passed = end < _log.Count ? end : 0;
        return _log.Passed == 0;
    }

    /// <summary>The subscriptions to a signal.</summary>
    public int Listeners(string name) => _signals is not null && _signals.TryGetValue(name, out var listeners) ? listeners.Count : 0;

    /// <summary>
    /// Delivers a signal to up to that many more of its subscriptions; returns whether all of them have had their turn. Nothing is encoded
    /// for one whose outbox takes nothing. Only one signal of a name is on its way at a time.
    /// </summary>
    public bool Deliver(SignalFrames frames, int share, FlushList flush)
    {
        if (_signals is null || !_signals.TryGetValue(frames.Signal.Name, out var listeners)) return true;
        var end = Math.Min(listeners.Count, listeners.Passed + share);
        foreach (var subscription in listeners.All[listeners.Passed..end])
        {
            if (subscription.Connection.Outbox.TakesEphemeral(frames.Signal.Body.Length)) frames.Send(subscription, flush);
        }

        listeners.Passed = end < listeners.Count ? end : 0;
        return listeners.Passed == 0;
    }

    private static bool TryEncode(Subscription subscription, List<Entry> run, long oldest, ref int share, out EncodedRun encoded) =>
        oldest < HiddenPast.Nothing && oldest <= subscription.Membership.Joined
            ? subscription.Form.TryGetOrEncode(run, subscription.Membership.Joined, ref share, out encoded)
            : subscription.Form.TryGetOrEncode(run, ref share, out encoded);

    private void Count(string transport, int more)
    {
        metrics.Subscriptions.Add(more, EngineMetrics.Transport(transport));
        var count = _transports.GetValueOrDefault(transport) + more;
        if (count > 0) _transports[transport] = count;
        else _transports.Remove(transport);
    }

    private void RemoveAll(Subscribers subscribers, UserId? user, long seq)
    {
        for (var i = subscribers.Count - 1; i >= 0; i--)
        {
            var subscription = subscribers.All[i];
            if (subscription.Membership.AsOf >= seq || (user is not null && subscription.Membership.User != user)) continue;
            subscription.IsEnded = true;
            Remove(subscription);
            if (subscription.Connection.Wire.IsOneSubscription) subscription.Connection.Close(Problem.NotFound);
        }
    }
}

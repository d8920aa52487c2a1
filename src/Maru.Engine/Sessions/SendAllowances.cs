using System.Collections.Concurrent;

namespace Maru.Engine.Sessions;

/// <summary>
/// How much each user may send, over all of that user's connections and requests: it outlives them, or a reconnect would pay every debt. A message costs its share of
/// a second; a rest of a burst's length pays everything. Only who is in debt is remembered. Any thread.
/// </summary>
internal sealed class SendAllowances(EngineOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<UserId, long> _paidUntil = new();

    /// <summary>Takes one message out of the user's allowance; false: too many.</summary>
    public bool TrySpend(UserId user)
    {
        if (options.MessagesPerSecond <= 0) return true;
        var cost = time.TimestampFrequency / options.MessagesPerSecond;
        while (true)
        {
            var now = time.GetTimestamp();
            var known = _paidUntil.TryGetValue(user, out var paidUntil);
            var next = Math.Max(paidUntil, now) + cost;
            if (next - now > cost * options.MessageBurst) return false;
            if (known ? _paidUntil.TryUpdate(user, next, paidUntil) : _paidUntil.TryAdd(user, next)) return true;
        }
    }

    /// <summary>The sweeper: forgets who has paid.</summary>
    public void Sweep()
    {
        var now = time.GetTimestamp();
        foreach (var debt in _paidUntil)
        {
            if (debt.Value <= now) _paidUntil.TryRemove(debt);
        }
    }
}

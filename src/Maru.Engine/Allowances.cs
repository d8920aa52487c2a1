using System.Collections.Concurrent;

namespace Maru.Engine;

/// <summary>
/// How much each key (a user, an address) may take: so much at once after a rest, and so much in the long run. What is taken costs time; whoever is in debt by more than a
/// burst has to wait. It outlives connections and requests, or a reconnect would pay every debt. Only who is in debt is remembered. Any thread.
/// </summary>
public sealed class Allowances
{
    private const long Gone = long.MinValue;

    private readonly ConcurrentDictionary<long, Debt> _debts = new();
    private readonly TimeProvider _time;
    private readonly long _cost;        // of one, in the clock's ticks; 0: no limit
    private readonly long _burst;

    /// <param name="burst">what may be taken at once after a rest</param>
    /// <param name="perPeriod">what may be taken in a period in the long run; 0: no limit</param>
    /// <param name="period">of time</param>
    /// <param name="time">a clock</param>
    public Allowances(int burst, int perPeriod, TimeSpan period, TimeProvider time)
    {
        _time = time;
        _cost = perPeriod > 0 ? (long)(period.TotalSeconds * time.TimestampFrequency / perPeriod) : 0;
        _burst = Cost(burst);
    }

    /// <summary>Takes one; false: too many, and how long to wait for the next.</summary>
    public bool TrySpend(long key, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_cost == 0) return true;
        while (true)
        {
            var debt = _debts.GetOrAdd(key, static _ => new Debt());
            var paidUntil = Interlocked.Read(ref debt.PaidUntil);
            var now = _time.GetTimestamp();
            var next = Math.Max(paidUntil, now) + _cost;
            if (next - now > _burst)
            {
                wait = TimeSpan.FromSeconds((double)(next - now - _burst) / _time.TimestampFrequency);
                return false;
            }

            if (!TryMove(key, debt, paidUntil, next)) continue;
            Interlocked.Increment(ref debt.Spent);
            return true;
        }
    }

    public bool TrySpend(long key) => TrySpend(key, out _);

    /// <summary>Another node let so many through: they are owed here too, whether or not they would have been let through.</summary>
    public void Owe(long key, int count)
    {
        if (_cost == 0 || count <= 0) return;
        while (true)
        {
            var debt = _debts.GetOrAdd(key, static _ => new Debt());
            var paidUntil = Interlocked.Read(ref debt.PaidUntil);
            var now = _time.GetTimestamp();
            // Some bursts at most: what a broken node tells shall not lock anybody out for hours.
            var next = Math.Min(Math.Max(paidUntil, now) + Cost(count), now + (8 * _burst));
            if (TryMove(key, debt, paidUntil, Math.Max(paidUntil, next))) return;
        }
    }

    /// <summary>Forgets who has paid. Now and then.</summary>
    public void Sweep() => Sweep(null, 0);

    /// <inheritdoc cref="Sweep()"/>
    /// <param name="spent">gets what was taken here since the last time</param>
    /// <param name="max">entries that it may have; what is beyond is told the next time</param>
    public void Sweep(ICollection<(long Key, int Count)>? spent, int max)
    {
        foreach (var (key, debt) in _debts)
        {
            if (spent is not null && debt.Spent > 0 && spent.Count < max) spent.Add((key, Interlocked.Exchange(ref debt.Spent, 0)));
            var paidUntil = Interlocked.Read(ref debt.PaidUntil);
            if (paidUntil <= _time.GetTimestamp() && TryMove(key, debt, paidUntil, Gone)) _debts.TryRemove(new KeyValuePair<long, Debt>(key, debt));
        }
    }

    private long Cost(int count) => (long)Math.Min((double)_cost * count, long.MaxValue / 64);

    /// <summary>False: somebody else was quicker, or it was forgotten meanwhile: look again.</summary>
    private bool TryMove(long key, Debt debt, long from, long to)
    {
        if (from == Gone)
        {
            _debts.TryRemove(new KeyValuePair<long, Debt>(key, debt));
            return false;
        }

        return Interlocked.CompareExchange(ref debt.PaidUntil, to, from) == from;
    }

    private sealed class Debt
    {
        public long PaidUntil;
        public int Spent;
    }
}

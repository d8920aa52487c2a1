using System.Collections.Concurrent;

namespace Maru.Engine;

/// <summary>
/// A rate limit for each key (a user, an address) by the generic cell rate algorithm (ITU-T I.371, GCRA): a key has one number, its
/// theoretical arrival time (TAT). A unit moves it forward by the emission interval; a unit that would move it further ahead of the clock
/// than a whole burst is refused. It outlives connections and requests, so that a reconnect repays nothing. Any thread.
/// </summary>
/// <remarks>
/// Memory: only keys whose TAT lies ahead are kept. Beyond <see cref="MaxKeys"/> of them (a flood from many networks) new keys share
/// <see cref="SharedKeys"/> limits until a sweep finds room again.
/// </remarks>
public sealed class Gcra
{
    /// <summary>Keys that have a limit of their own at the same time; some 100 bytes each.</summary>
    public const int MaxKeys = 200_000;

    private const int SharedKeys = 4096;
    private const int MaxDebt = 8;      // bursts: a faulty node cannot lock a user out for hours
    private const long Removed = long.MinValue;

    private readonly ConcurrentDictionary<long, Cell> _cells = new();
    private readonly TimeProvider _time;
    private readonly long _interval;    // emission interval T, in the clock's ticks; 0: no limit
    private readonly long _burst;       // how far a TAT may lie ahead, in the clock's ticks
    private volatile bool _isFull;

    /// <param name="burst">units that may be taken at once after a rest</param>
    /// <param name="perPeriod">units that may be taken in a period in the long run; 0: no limit</param>
    /// <param name="period">the period</param>
    /// <param name="time">the clock</param>
    public Gcra(int burst, int perPeriod, TimeSpan period, TimeProvider time)
    {
        _time = time;
        _interval = perPeriod > 0 ? (long)(period.TotalSeconds * time.TimestampFrequency / perPeriod) : 0;
        _burst = Ticks(burst);
        Burst = burst;
    }

    /// <summary>False: nothing is ever refused or counted.</summary>
    public bool IsLimited => _interval > 0;

    /// <summary>Units that may be taken at once after a rest.</summary>
    public int Burst { get; }

    /// <summary>How long it takes until a whole burst is there again.</summary>
    public TimeSpan Window => ToTime(_burst);

    /// <summary>Takes units, all if there is one at least, and the key is in debt for the others; false: too many.</summary>
    public bool TryTake(long key, int units = 1) => Take(key, units).IsTaken;

    /// <inheritdoc cref="TryTake"/>
    /// <returns>what is left</returns>
    public RateQuota Take(long key, int units = 1) => Take(key, units, isSettled: true);

    /// <summary>
    /// Takes one unit for the time being, where only the outcome tells whether it counts: <see cref="Count"/> or <see cref="Release"/>
    /// follows. Other nodes do not hear of it before.
    /// </summary>
    public RateQuota Hold(long key) => Take(key, 1, isSettled: false);

    /// <summary>Counts a held unit.</summary>
    public void Count(long key)
    {
        if (_interval > 0) Interlocked.Increment(ref _cells.GetOrAdd(Admit(key), static _ => new Cell()).Taken);
    }

    /// <summary>Gives a held unit back.</summary>
    public void Release(long key)
    {
        if (_interval == 0) return;
        key = Admit(key);
        while (_cells.TryGetValue(key, out var cell))
        {
            var tat = Interlocked.Read(ref cell.Tat);
            if (TryMove(key, cell, tat, tat - _interval)) return;
        }
    }

    /// <summary>Counts units that another node allowed, whether or not this one would have allowed them.</summary>
    public void Owe(long key, int count)
    {
        if (_interval == 0 || count <= 0) return;
        key = Admit(key);
        while (true)
        {
            var cell = _cells.GetOrAdd(key, static _ => new Cell());
            var tat = Interlocked.Read(ref cell.Tat);
            var now = _time.GetTimestamp();
            var next = Math.Min(Math.Max(tat, now) + Ticks(count), now + (MaxDebt * _burst));
            if (TryMove(key, cell, tat, Math.Max(tat, next))) return;
        }
    }

    /// <summary>Forgets keys whose TAT has passed. To be called every second or so.</summary>
    public void Sweep() => Sweep(null, 0);

    /// <inheritdoc cref="Sweep()"/>
    /// <param name="taken">gets what was taken here since the last time</param>
    /// <param name="max">entries that it may have; the rest is reported the next time</param>
    public void Sweep(ICollection<(long Key, int Count)>? taken, int max)
    {
        foreach (var (key, cell) in _cells)
        {
            if (taken is not null && cell.Taken > 0 && taken.Count < max) taken.Add((key, Interlocked.Exchange(ref cell.Taken, 0)));
            var tat = Interlocked.Read(ref cell.Tat);
            if (tat <= _time.GetTimestamp() && TryMove(key, cell, tat, Removed)) _cells.TryRemove(new KeyValuePair<long, Cell>(key, cell));
        }

        if (_interval > 0) _isFull = _cells.Count >= MaxKeys;
    }

    private RateQuota Take(long key, int units, bool isSettled)
    {
        if (_interval == 0) return new RateQuota(true, int.MaxValue, TimeSpan.Zero);
        key = Admit(key);
        while (true)
        {
            var cell = _cells.GetOrAdd(key, static _ => new Cell());
            var tat = Interlocked.Read(ref cell.Tat);
            var now = _time.GetTimestamp();
            var start = Math.Max(tat, now);
            var excess = start + _interval - now - _burst;
            if (excess > 0) return new RateQuota(false, 0, ToTime(excess));
            var next = start + Ticks(units);
            if (!TryMove(key, cell, tat, next)) continue;
            if (isSettled) Interlocked.Add(ref cell.Taken, units);
            var (left, towardsNext) = Math.DivRem(Math.Max(0, now + _burst - next), _interval);
            return new RateQuota(true, left, ToTime(_interval - towardsNext));
        }
    }

    /// <summary>
    /// Returns the key itself, or the one that it shares while there are too many. Users' ids are positive, so no shared key is a user's.
    /// </summary>
    private long Admit(long key) => _isFull && !_cells.ContainsKey(key) ? -1 - (key & (SharedKeys - 1)) : key;

    private long Ticks(int units) => (long)Math.Min((double)_interval * units, long.MaxValue / 64);

    private TimeSpan ToTime(long ticks) => TimeSpan.FromSeconds((double)ticks / _time.TimestampFrequency);

    /// <summary>Moves the TAT of a cell; false: another thread was quicker, or the cell was removed meanwhile: look again.</summary>
    private bool TryMove(long key, Cell cell, long from, long to)
    {
        if (from == Removed)
        {
            _cells.TryRemove(new KeyValuePair<long, Cell>(key, cell));
            return false;
        }

        return Interlocked.CompareExchange(ref cell.Tat, to, from) == from;
    }

    private sealed class Cell
    {
        public long Tat;
        public int Taken;
    }
}

/// <summary>The outcome of <see cref="Gcra.Take(long, int)"/> for a key.</summary>
/// <param name="IsTaken">false: there was no unit left</param>
/// <param name="Remaining">units that may be taken at once now</param>
/// <param name="Next">how long until there is one more than that</param>
public readonly record struct RateQuota(bool IsTaken, long Remaining, TimeSpan Next);

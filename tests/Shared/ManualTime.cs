namespace Maru.Testing;

/// <summary>
/// A clock that stands still until the test moves it.
/// Timers that fall due fire inside <see cref="Advance(TimeSpan)"/>, each at its own time, and inside <see cref="Sleep"/>.
/// Any thread.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _jumped;
    private DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now + _jumped;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return _now.UtcTicks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the wall clock; timers go on as before.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_lock) _jumped += by;
    }

    /// <summary>Returns whether a timer waits for the time exactly that far ahead.</summary>
    public bool IsAwaited(TimeSpan ahead)
    {
        lock (_lock) return _timers.Exists(timer => timer.DueAt == _now + ahead);
    }

    public void Advance(TimeSpan by)
    {
        var end = new DateTimeOffset(GetTimestamp(), TimeSpan.Zero) + by;
        while (TakeDue(end) is { } timer) timer.Fire();
        lock (_lock) _now = end;
    }

    /// <summary>Passes hours or days as a machine does that sleeps: a timer that fell due meanwhile, however often, fires once.</summary>
    public void Sleep(TimeSpan by)
    {
        lock (_lock)
        {
            _now += by;
            foreach (var timer in _timers) timer.Wake();
        }

        Advance(TimeSpan.Zero);
    }

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Takes the next timer up to that time, and sets the clock to its time.</summary>
    private Timer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.DueAt <= end).MinBy(timer => timer.DueAt);
            if (next is null) return null;
            if (next.DueAt > _now) _now = next.DueAt;
            next.Reschedule();
            return next;
        }
    }

    private sealed class Timer(ManualTime time, Action fire) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset DueAt { get; private set; }

        public Action Fire { get; } = fire;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                DueAt = time._now + dueTime;
                time._timers.Add(this);
                return true;
            }
        }

        public void Reschedule()
        {
            if (_period > TimeSpan.Zero) DueAt += _period;
            else time._timers.Remove(this);
        }

        /// <summary>Leaves out the times before the last one that has passed.</summary>
        public void Wake()
        {
            if (_period > TimeSpan.Zero && DueAt < time._now) DueAt += _period * Math.Floor((time._now - DueAt) / _period);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

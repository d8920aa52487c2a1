namespace Maru.Engine.Queues;

/// <summary>Says once that a bound is reached, and once that it has not been for a while, however often it is hit. Any thread.</summary>
/// <param name="time">the clock</param>
/// <param name="reached">called at the first hit</param>
/// <param name="over">called when nothing hit it for <see cref="Quiet"/>, with the number of hits</param>
internal sealed class BoundLog(TimeProvider time, Action reached, Action<long> over)
{
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private ITimer? _timer;     // while it is reached
    private long _hits;
    private long _seen;

    public void Hit()
    {
        lock (_gate)
        {
            if (_hits++ > 0) return;
            _timer = time.CreateTimer(_ => Look(), null, Quiet, Quiet);
        }

        reached();
    }

    private void Look()
    {
        long hits;
        lock (_gate)
        {
            hits = _hits;
            if (_hits != _seen)
            {
                _seen = _hits;
                return;
            }

            (_hits, _seen) = (0, 0);
            _timer?.Dispose();
        }

        over(hits);
    }
}

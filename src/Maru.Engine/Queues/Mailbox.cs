namespace Maru.Engine.Queues;

/// <summary>
/// What many threads post and one thread takes, all at once and in order. Its bound is its users': the commit queue counts bytes, and lanes
/// are fed by the commit queue and by clients whose bytes in flight are bounded.
/// </summary>
internal sealed class Mailbox<T>
{
    private const int NotWaiting = int.MaxValue;

    private readonly object _gate = new();
    private List<T> _posted = [];
    private int _wanted = NotWaiting;       // how much the taking thread waits for
    private bool _completed;

    /// <summary>Any thread. What comes after <see cref="Complete"/> is dropped: false.</summary>
    public bool Post(T item)
    {
        lock (_gate)
        {
            if (_completed) return false;
            _posted.Add(item);
            if (_posted.Count >= _wanted) Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>The taking thread: waits until so much is there, but not longer than that. Returns how much is there.</summary>
    public int WaitFor(int count, TimeSpan longest)
    {
        lock (_gate)
        {
            if (_posted.Count >= count || _completed) return _posted.Count;
            _wanted = count;
            Monitor.Wait(_gate, longest);
            _wanted = NotWaiting;
            return _posted.Count;
        }
    }

    /// <summary>
    /// The taking thread: waits until something is there and swaps it for <paramref name="taken"/>, which it has emptied. False: completed,
    /// and all taken.
    /// </summary>
    public bool Take(ref List<T> taken)
    {
        lock (_gate)
        {
            if (WaitFor(1, Timeout.InfiniteTimeSpan) == 0) return false;
            (taken, _posted) = (_posted, taken);
            return true;
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.PulseAll(_gate);
        }
    }
}

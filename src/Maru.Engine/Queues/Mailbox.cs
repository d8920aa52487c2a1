namespace Maru.Engine.Queues;

/// <summary>
/// A queue to which many threads post and from which one thread takes everything at once, in order. Its users bound it: the commit queue
/// counts bytes, and lanes are fed by the commit queue and by clients whose bytes in flight are bounded.
/// </summary>
internal sealed class Mailbox<T>
{
    private const int NotWaiting = int.MaxValue;

    private readonly object _gate = new();
    private List<T> _posted = [];
    private int _wanted = NotWaiting;       // how much the taking thread waits for
    private bool _completed;

    /// <summary>Posts an item, from any thread. False after <see cref="Complete"/>: the item is dropped.</summary>
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

    /// <summary>
    /// Called by the taking thread: waits until that many items are there, or for <paramref name="longest"/>. Returns how many are there.
    /// </summary>
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
    /// Called by the taking thread: waits for items and swaps them for <paramref name="taken"/>, which it has emptied. False: completed,
    /// and all taken.
    /// </summary>
    /// <param name="taken">gets the items</param>
    /// <param name="waits">false: does not wait, and returns true even when there are none</param>
    public bool Take(ref List<T> taken, bool waits = true)
    {
        lock (_gate)
        {
            if (waits && WaitFor(1, Timeout.InfiniteTimeSpan) == 0) return false;
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

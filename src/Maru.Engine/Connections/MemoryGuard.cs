using Maru.Engine.Queues;

namespace Maru.Engine.Connections;

/// <summary>
/// Keeps the memory that clients hold within its budget: when it is exceeded, rooms give back what they need not keep, and connections are
/// cut, those first that hold the most and have read nothing for the longest. A thread of its own, so that it acts whatever else is busy.
/// </summary>
internal sealed class MemoryGuard : IDisposable
{
    private static readonly TimeSpan SaidEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);      // for the readers of those that were cut to leave

    private readonly MemoryBudget _budget;
    private readonly ConnectionTable _connections;
    private readonly Action _trimRooms;
    private readonly EngineClock _clock;
    private readonly EngineMetrics _metrics;
    private readonly EngineLog _log;
    private readonly AutoResetEvent _exceeded = new(false);
    private readonly ManualResetEventSlim _stops = new();
    private readonly Thread _thread;
    private int _isAwake;
    private long _saidAt = long.MinValue / 2;
    private long _trimmedAt = long.MinValue / 2;
    private int _unsaid;

    /// <param name="trimRooms">asks rooms to give back what they need not keep</param>
    public MemoryGuard(
        MemoryBudget budget, ConnectionTable connections, Action trimRooms, EngineClock clock, EngineMetrics metrics, EngineLog log)
    {
        (_budget, _connections, _trimRooms, _clock, _metrics, _log) = (budget, connections, trimRooms, clock, metrics, log);
        _thread = new Thread(Run) { IsBackground = true, Name = "maru memory" };
    }

    public void Start()
    {
        _thread.Start();
        _budget.Exceeded = Wake;
    }

    public void Dispose()
    {
        _budget.Exceeded = null;
        _stops.Set();
        _exceeded.Set();
        if (_thread.IsAlive) _thread.Join();     // commands that start nothing dispose of it too
        _exceeded.Dispose();
        _stops.Dispose();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0) _exceeded.Set();
    }

    private void Run()
    {
        _exceeded.WaitOne();
        while (!_stops.Wait(Rest))
        {
            Volatile.Write(ref _isAwake, 0);
            try
            {
                Trim();
                if (_budget.IsOver) Cut();
            }
            catch (Exception e)
            {
                _log.MemoryGuardFailed(e);
            }

            _exceeded.WaitOne();
        }
    }

    /// <summary>At most once a round of the sweeper: there may be many rooms.</summary>
    private void Trim()
    {
        if (_clock.Now == _trimmedAt) return;
        _trimmedAt = _clock.Now;
        _trimRooms();
    }

    private void Cut()
    {
        var all = _connections.All();
        // Those that were cut before still hold something until their readers have left.
        var held = _budget.Held - all.Where(x => x.Outbox.IsClosed).Sum(x => x.Memory.Held);
        var cut = 0;
        foreach (var connection in all.Where(x => !x.Outbox.IsClosed).OrderByDescending(Weight))
        {
            if (held <= _budget.Max / 10 * 9) break;
            held -= connection.Memory.Held;
            connection.Outbox.Abort();
            cut++;
        }

        if (cut > 0) Say(cut);
    }

    /// <summary>Bytes, times the seconds for which the client has taken nothing of what waits for it.</summary>
    private double Weight(Connection connection)
    {
        var stuck = connection.Outbox.Bytes > 0 ? Math.Max(0, _clock.Now - connection.Outbox.LastProgress) : 0;
        return connection.Memory.Held * (1 + (stuck / 1000.0));
    }

    private void Say(int cut)
    {
        _metrics.Cut.Add(cut);
        _unsaid += cut;
        if (_clock.Now - _saidAt < (long)SaidEvery.TotalMilliseconds) return;
        _log.MemoryExceeded(_budget.Max, _unsaid);
        (_saidAt, _unsaid) = (_clock.Now, 0);
    }
}

using Maru.Engine.Queues;

namespace Maru.Engine.Connections;

/// <summary>
/// Keeps the memory that clients hold within its budget: when it is exceeded, rooms give back what they need not keep, and connections and
/// unfinished requests are cut, those first that hold the most and have kept it for the longest. A thread of its own, so that it acts
/// whatever else is busy.
/// </summary>
internal sealed class MemoryGuard : IDisposable
{
    private static readonly TimeSpan SaidEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);      // for the readers of those that were cut to leave

    private readonly MemoryBudget _budget;
    private readonly ConnectionTable _connections;
    private readonly RequestTable _requests;
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
        MemoryBudget budget, ConnectionTable connections, RequestTable requests, Action trimRooms, EngineClock clock,
        EngineMetrics metrics, EngineLog log)
    {
        (_budget, _connections, _requests, _trimRooms) = (budget, connections, requests, trimRooms);
        (_clock, _metrics, _log) = (clock, metrics, log);
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
        IMemoryHolder[] all = [.. _connections.All(), .. _requests.All()];
        // Those that were cut before still hold something until their readers have left.
        var held = _budget.Held - all.Where(x => x.IsCut).Sum(x => x.Memory.Held);
        var cut = 0;
        foreach (var holder in all.Where(x => !x.IsCut).OrderByDescending(Weight))
        {
            if (held <= _budget.Max / 10 * 9) break;
            held -= holder.Memory.Held;
            holder.Cut();
            cut++;
        }

        if (cut > 0) Say(cut);
    }

    /// <summary>Bytes, times the seconds for which the client has kept them.</summary>
    private double Weight(IMemoryHolder holder) => holder.Memory.Held * (1 + (holder.StuckFor(_clock.Now) / 1000.0));

    private void Say(int cut)
    {
        _metrics.Cut.Add(cut);
        _unsaid += cut;
        if (_clock.Now - _saidAt < (long)SaidEvery.TotalMilliseconds) return;
        _log.MemoryExceeded(_budget.Max, _unsaid);
        (_saidAt, _unsaid) = (_clock.Now, 0);
    }
}

using Maru.Engine.Output;
using Maru.Engine.Queues;

namespace Maru.Engine.Lanes;

/// <summary>
/// A loop on its own thread that does all work of its rooms, in order, so rooms need no locks. Takes everything that was posted as one
/// round and flushes the round's outboxes at its end: the more load, the larger the writes. Work that gives way follows, in its own order,
/// for half as long as the round took and at least <see cref="LeastShare"/>: however much of it waits, other rooms' entries do not wait
/// behind it, and it always gets on.
/// </summary>
internal sealed class Lane
{
    private static readonly TimeSpan LeastShare = TimeSpan.FromMilliseconds(2);

    private readonly Mailbox<LaneWork> _mailbox = new();
    private readonly Queue<LaneWork> _givingWay = new();    // the loop's own
    private readonly EngineLog _log;
    private readonly TimeProvider _time;
    private readonly Thread _thread;

    public Lane(int number, EngineLog log, TimeProvider time)
    {
        (_log, _time) = (log, time);
        _thread = new Thread(Run) { IsBackground = true, Name = $"maru lane {number}" };
    }

    public void Start() => _thread.Start();

    /// <summary>Posts work, from any thread. False once the server stops: nothing is done any more.</summary>
    public bool Post(LaneWork work) => _mailbox.Post(work);

    /// <summary>Does the work that was posted before, then ends.</summary>
    public void Stop()
    {
        _mailbox.Complete();
        if (_thread.ThreadState != ThreadState.Unstarted) _thread.Join();
    }

    private void Run()
    {
        using var flush = new FlushList();
        List<LaneWork> round = [];
        while (_mailbox.Take(ref round, waits: _givingWay.Count == 0))
        {
            var began = _time.GetTimestamp();
            foreach (var work in round)
            {
                if (work.GivesWay) _givingWay.Enqueue(work);
                else Do(work, flush);
            }

            Flush(flush);
            foreach (var work in round) Guard(work, static (work, time) => work.Written(time), _time);
            round.Clear();
            if (_givingWay.Count > 0) GiveShare(_time.GetElapsedTime(began), flush);
        }
    }

    private void GiveShare(TimeSpan roundTook, FlushList flush)
    {
        var share = TimeSpan.FromTicks(Math.Max(LeastShare.Ticks, roundTook.Ticks / 2));
        var began = _time.GetTimestamp();
        while (_givingWay.TryDequeue(out var work))
        {
            Do(work, flush);
            if (_time.GetElapsedTime(began) >= share) break;
        }

        Flush(flush);
    }

    private void Do(LaneWork work, FlushList flush) => Guard(work, static (work, flush) => work.Do(flush), flush);

    /// <summary>Lets the work take a step; what it throws is logged, and the lane goes on.</summary>
    private void Guard<T>(LaneWork work, Action<LaneWork, T> step, T with)
    {
        try
        {
            step(work, with);
        }
        catch (Exception e)
        {
            _log.LaneFailed(work.GetType().Name, e);
        }
    }

    private void Flush(FlushList flush)
    {
        try
        {
            flush.Flush();
        }
        catch (Exception e)
        {
            _log.FlushFailed(e);
        }
    }
}

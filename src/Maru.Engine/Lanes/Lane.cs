using Maru.Engine.Output;
using Maru.Engine.Queues;

namespace Maru.Engine.Lanes;

/// <summary>
/// A loop on its own thread that does all work of its rooms, in order, so rooms need no locks. Takes everything that waits as one round and
/// flushes the round's outboxes at its end: the more load, the larger the writes.
/// </summary>
internal sealed class Lane
{
    private readonly Mailbox<LaneWork> _mailbox = new();
    private readonly EngineLog _log;
    private readonly Thread _thread;

    public Lane(int number, EngineLog log)
    {
        _log = log;
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
        while (_mailbox.Take(ref round))
        {
            foreach (var work in round)
            {
                try
                {
                    work.Do(flush);
                }
                catch (Exception e)
                {
                    _log.LaneFailed(work.GetType().Name, e);
                }
            }

            round.Clear();
            try
            {
                flush.Flush();
            }
            catch (AggregateException e)
            {
                _log.FlushFailed(e);
            }
        }
    }
}

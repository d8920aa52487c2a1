using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Engine.Queues;

namespace Maru.Engine.Commit;

/// <summary>
/// Drafts that wait for the store, in order. Bounded in bytes: when it is full, senders wait, so their sockets are not read, so TCP slows
/// them down.
/// Any thread adds; the commit loop takes.
/// </summary>
internal sealed class CommitQueue(long maxBytes)
{
    private readonly Mailbox<Draft> _waiting = new();
    private readonly ByteBudget _budget = new(maxBytes);
    private List<Draft> _taken = [];    // the loop's own: off the mailbox, not all in a batch yet
    private int _next;

    /// <summary>Bytes of the drafts that wait.</summary>
    public long Bytes => _budget.Taken;

    /// <summary>
    /// Adds a draft; false when the queue is full: use <see cref="AddAsync"/>. Once the server stops, the draft is refused and it returns
    /// true.
    /// </summary>
    public bool TryAdd(Draft draft)
    {
        if (!_budget.TryTake(draft.Bytes)) return false;
        if (_waiting.Post(draft)) return true;
        draft.Refuse(Problem.ShuttingDown);
        using var flush = new FlushList();
        Settle(draft, flush);
        return true;
    }

    public async ValueTask AddAsync(Draft draft)
    {
        while (!TryAdd(draft)) await _budget.WhenFreeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Called by the commit loop: waits until that many drafts are queued, or for <paramref name="longest"/>. Returns how many are queued.
    /// </summary>
    public int WaitFor(int drafts, TimeSpan longest) => _next < _taken.Count ? _taken.Count - _next : _waiting.WaitFor(drafts, longest);

    /// <summary>
    /// Called by the commit loop: waits for drafts and moves up to <paramref name="max"/> of them into <paramref name="batch"/>. False:
    /// completed and empty.
    /// </summary>
    public bool Take(List<Draft> batch, int max)
    {
        if (_next == _taken.Count)
        {
            _taken.Clear();
            _next = 0;
            if (!_waiting.Take(ref _taken)) return false;
        }

        var end = Math.Min(_taken.Count, _next + max);
        var bytes = 0L;
        try
        {
            for (; _next < end; _next++)
            {
                batch.Add(_taken[_next]);
                bytes += _taken[_next].Bytes;
            }
        }
        finally
        {
            _budget.Return(bytes);
        }

        return true;
    }

    /// <summary>Refuses drafts from now on; those in the queue are still committed.</summary>
    public void Complete()
    {
        _waiting.Complete();
        _budget.Lift();
    }

    private static void Settle(Draft draft, FlushList flush)
    {
        if (draft is not TransactionDraft transaction)
        {
            draft.Settle(flush);
            return;
        }

        foreach (var message in transaction.Messages) message.Settle(flush);
    }
}

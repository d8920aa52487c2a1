using Maru.Engine.Log;

using Maru.Engine.Output;
namespace Maru.Engine.Commit;

/// <summary>
/// Drafts that wait for the store, in order. Bounded in bytes: when it is full, senders wait, so their sockets are not read, so TCP slows them down.
/// Any thread adds; the commit loop takes.
/// </summary>
internal sealed class CommitQueue(int maxBytes)
{
    private readonly object _gate = new();
    private readonly Queue<TaskCompletionSource> _senders = new();
    private readonly List<Draft> _waiting = [];
    private int _bytes;
    private bool _loopWaits;
    private bool _completed;

    /// <summary>False when it is full (wait with <see cref="WaitAsync"/> and try again). Once the server stops, drafts are refused and it is true.</summary>
    public bool TryAdd(ReadOnlySpan<Draft> drafts)
    {
        lock (_gate)
        {
            if (_bytes >= maxBytes && !_completed) return false;
            if (!_completed)
            {
                foreach (var draft in drafts)
                {
                    _waiting.Add(draft);
                    _bytes += draft.Bytes;
                }

                if (_loopWaits) Monitor.Pulse(_gate);
                return true;
            }
        }

        var flush = new FlushList();
        foreach (var draft in drafts)
        {
            draft.Refuse(Problem.ShuttingDown);
            draft.Owner.Settled(draft, flush);
        }

        flush.Flush();
        return true;
    }

    public async ValueTask AddAsync(ReadOnlyMemory<Draft> drafts)
    {
        while (!TryAdd(drafts.Span)) await WaitAsync().ConfigureAwait(false);
    }

    /// <summary>The commit loop: waits for drafts and moves up to <paramref name="max"/> of them, whole groups, into <paramref name="batch"/>. False: completed and empty.</summary>
    public bool Take(List<Draft> batch, int max)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_completed) return false;
                _loopWaits = true;
                Monitor.Wait(_gate);
                _loopWaits = false;
            }

            var count = Math.Min(max, _waiting.Count);
            while (count < _waiting.Count && _waiting[count].Group is { } group && group == _waiting[count - 1].Group) count++;
            if (count == _waiting.Count) batch.AddRange(_waiting);
            else batch.AddRange(_waiting[..count]);
            _waiting.RemoveRange(0, count);
            foreach (var draft in batch) _bytes -= draft.Bytes;
            while (_bytes < maxBytes && _senders.TryDequeue(out var sender)) sender.TrySetResult();
            return true;
        }
    }

    /// <summary>Takes no more; what is in is still committed.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.PulseAll(_gate);
            while (_senders.TryDequeue(out var sender)) sender.TrySetResult();
        }
    }

    private Task WaitAsync()
    {
        lock (_gate)
        {
            if (_bytes < maxBytes || _completed) return Task.CompletedTask;
            var sender = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _senders.Enqueue(sender);
            return sender.Task;
        }
    }
}

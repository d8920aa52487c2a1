using Maru.Engine.Log;

namespace Maru.Engine.Commit;

/// <summary>The commit loops, each with its own queue; a room always uses the same one. Any thread adds.</summary>
internal sealed class CommitLoops
{
    private readonly TimeProvider _time;
    private readonly CommitQueue[] _queues;
    private readonly CommitLoop[] _loops;

    /// <param name="log">tells how many loops may append</param>
    /// <param name="queueBytes">bytes of all queues together</param>
    /// <param name="time">for the time that drafts take</param>
    /// <param name="make">makes the loop of a queue</param>
    public CommitLoops(IRoomLog log, int queueBytes, TimeProvider time, Func<CommitQueue, int, CommitLoop> make)
    {
        _time = time;
        _queues = new CommitQueue[log.Loops];
        for (var i = 0; i < _queues.Length; i++) _queues[i] = new CommitQueue(queueBytes / _queues.Length);
        _loops = [.. _queues.Select(make)];
    }

    /// <summary>Bytes that wait for the store.</summary>
    public long Bytes => _queues.Sum(queue => queue.Bytes);

    /// <inheritdoc cref="CommitQueue.TryAdd"/>
    /// <param name="draft">the draft; a transaction goes to the queue of its first message's room</param>
    public bool TryAdd(Draft draft) => QueueFor(draft).TryAdd(draft);

    public ValueTask AddAsync(Draft draft) => QueueFor(draft).AddAsync(draft);

    /// <summary>
    /// Returns whether all messages of the transaction use one queue: in several, it could overtake messages that were sent before.
    /// </summary>
    public bool KeepsOrder(TransactionDraft transaction)
    {
        var index = IndexOf(transaction.Room);
        foreach (var message in transaction.Messages)
        {
            if (IndexOf(message.Room) != index) return false;
        }

        return true;
    }

    public void Start()
    {
        foreach (var loop in _loops) loop.Start();
    }

    /// <summary>Returns after everything queued is committed and on its way.</summary>
    public void Stop()
    {
        foreach (var queue in _queues) queue.Complete();
        foreach (var loop in _loops) loop.Stop();
    }

    private CommitQueue QueueFor(Draft draft)
    {
        draft.Queued(_time.GetTimestamp());
        return _queues[IndexOf(draft.Room)];
    }

    private int IndexOf(RoomId room) => (int)((ulong)room.Value % (ulong)_queues.Length);
}

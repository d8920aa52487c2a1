using Maru.Engine.Log;

namespace Maru.Engine.Commit;

/// <summary>The commit loops, each with a queue of its own; a room is always in the same one. Any thread adds.</summary>
internal sealed class CommitLoops
{
    private readonly CommitQueue[] _queues;
    private readonly CommitLoop[] _loops;

    /// <param name="log">says how many</param>
    /// <param name="queueBytes">of all queues together</param>
    /// <param name="make">a loop for a queue</param>
    public CommitLoops(IRoomLog log, int queueBytes, Func<CommitQueue, int, CommitLoop> make)
    {
        _queues = new CommitQueue[log.Loops];
        for (var i = 0; i < _queues.Length; i++) _queues[i] = new CommitQueue(queueBytes / _queues.Length);
        _loops = [.. _queues.Select(make)];
    }

    /// <inheritdoc cref="CommitQueue.TryAdd"/>
    /// <param name="draft">a transaction goes where its first message's room is</param>
    public bool TryAdd(Draft draft) => _queues[Place(draft.Room)].TryAdd(draft);

    public ValueTask AddAsync(Draft draft) => _queues[Place(draft.Room)].AddAsync(draft);

    /// <summary>Whether all of them meet what was sent before in the same queue: otherwise they could overtake it.</summary>
    public bool KeepsOrder(TransactionDraft transaction)
    {
        var place = Place(transaction.Room);
        foreach (var message in transaction.Messages)
        {
            if (Place(message.Room) != place) return false;
        }

        return true;
    }

    public void Start()
    {
        foreach (var loop in _loops) loop.Start();
    }

    /// <summary>Ends after everything that was queued is committed and on its way.</summary>
    public void Stop()
    {
        foreach (var queue in _queues) queue.Complete();
        foreach (var loop in _loops) loop.Stop();
    }

    private int Place(RoomId room) => (int)((ulong)room.Value % (ulong)_queues.Length);
}

using Maru.Engine.Bus;
using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Engine.Rooms;

namespace Maru.Engine.Commit;

/// <summary>The parts that every commit loop works with.</summary>
internal sealed record CommitParts(
    IRoomLog Log,
    RoomChannels Channels,
    LaneTable Lanes,
    RoomTable Rooms,
    Action<RoomId, IReadOnlyList<Entry>> Committed,
    EngineOptions Options,
    EngineMetrics Metrics,
    EngineLog Diagnostics,
    TimeProvider Time,
    Func<TimeSpan> Used);

/// <summary>
/// Group commit: a batch is everything that queued while the last one was written and while <see cref="Pace"/> waited. One thread; it alone
/// appends. After the commit, and only then, entries go to their rooms' lanes and owners learn the outcome there.
/// </summary>
internal sealed class CommitLoop
{
    private readonly CommitQueue _queue;
    private readonly CommitParts _parts;
    private readonly Thread _thread;
    private readonly BatchPlan _plan = new();
    private readonly SlowCommits _slow;
    private bool _storeFailed;

    public CommitLoop(CommitQueue queue, int number, CommitParts parts)
    {
        (_queue, _parts, _slow) = (queue, parts, new SlowCommits(parts.Diagnostics, parts.Time));
        _thread = new Thread(Run) { IsBackground = true, Name = $"maru commit {number}" };
    }

    public void Start() => _thread.Start();

    /// <summary>Returns after everything queued is committed and on its way.</summary>
    public void Stop()
    {
        _queue.Complete();
        if (_thread.ThreadState != ThreadState.Unstarted) _thread.Join();
    }

    private void Run()
    {
        List<Draft> batch = [];
        var pace = new Pace(_parts.Options.CommitPace, _parts.Time, _parts.Used, Environment.ProcessorCount);
        while (true)
        {
            var isTaken = false;
            try
            {
                pace.Wait(_queue);
                if (!_queue.Take(batch, _parts.Options.CommitBatch)) return;
                isTaken = true;
                var started = _parts.Time.GetTimestamp();
                Commit(batch);
                var elapsed = _parts.Time.GetElapsedTime(started);
                _parts.Metrics.CommitTime.Record(elapsed.TotalSeconds);
                _parts.Metrics.CommitSize.Record(batch.Count);
                _slow.Took(elapsed);
                batch.Clear();
            }
            catch (Exception e)
            {
                // No memory to take the batch with, for one: what was taken of it is committed with the next.
                _parts.Diagnostics.DraftFailed(e);
                if (isTaken) batch.Clear();
            }
        }
    }

    private void Commit(List<Draft> drafts)
    {
        try
        {
            Append(drafts);
        }
        catch (RoomLogException e)
        {
            if (!_storeFailed) _parts.Diagnostics.StoreFailed(e.Problem.Slug, e);
            _storeFailed = true;
            Refuse(drafts, e.Problem);
        }
        catch (Exception e) when (drafts.Count > 1)
        {
            // One draft made the batch fail. Alone, each draft succeeds or shows that it is the one; a transaction is one draft.
            _parts.Diagnostics.CommitFailed(drafts.Count, e);
            foreach (var draft in drafts) Commit([draft]);
        }
        catch (Exception e)
        {
            _parts.Diagnostics.DraftFailed(e);
            Refuse(drafts, Problem.Internal);
        }
    }

    private void Append(List<Draft> drafts)
    {
        foreach (var draft in drafts) draft.Prepare();
        var parts = _plan.Arrange(drafts);
        _parts.Log.Append(parts);
        if (_storeFailed) _parts.Diagnostics.StoreRecovered();
        _storeFailed = false;
        var at = _parts.Time.GetTimestamp();
        foreach (var part in parts)
        {
            part.Transaction?.Complete();
            foreach (var room in part.Rooms) Publish(room, at);
        }
    }

    /// <summary>
    /// What is committed is never tried again: where it cannot be handed on, because memory has run out for one, its room reads it from the
    /// store.
    /// </summary>
    private void Publish(RoomBatch batch, long at)
    {
        try
        {
            HandOn(batch, at);
        }
        catch (Exception e)
        {
            _parts.Diagnostics.DeliveryFailed(e);
            var head = batch.Drafts.Where(x => x.Refusal is null).Select(x => x.Seq).DefaultIfEmpty().Max();
            if (_parts.Rooms.TryGet(batch.Room, out var room)) room.Lane.Post(new ReceivedHead(room, head));
            _parts.Lanes.For(batch.Room).Post(new CommittedRun(null, [], batch.Drafts, _parts.Metrics));
        }
    }

    private void HandOn(RoomBatch batch, long at)
    {
        List<Entry> entries = new(batch.Drafts.Count);
        foreach (var draft in batch.Drafts)
        {
            var first = entries.Count;
            draft.CopyEntries(entries);
            if (draft.Trace is not { } trace) continue;
            for (var i = first; i < entries.Count; i++) entries[i].Trace = trace;
        }


        // A room that comes into use only now reads the store, which has these entries.
        _parts.Rooms.TryGet(batch.Room, out var room);
        if (entries.Count > 0)
        {
            if (room is not null)
            {
                // Rights end here, before the next batch is taken: nothing of a removed member is appended after the removal.
                room.Revoke(entries);
                room.Expect(entries[^1].Seq);
            }

            _parts.Metrics.Committed.Add(entries.Count);
            Announce(batch.Room, entries);
            _parts.Committed(batch.Room, entries);
        }

        _parts.Lanes.For(batch.Room).Post(new CommittedRun(room, entries, batch.Drafts, _parts.Metrics, at));
    }

    /// <summary>
    /// Publishes committed entries on the bus. A failure of the bus must not look like one of the store, or the entries would be written
    /// again.
    /// </summary>
    private void Announce(RoomId room, List<Entry> entries)
    {
        try
        {
            _parts.Channels.Publish(room, entries);
        }
        catch (Exception e)
        {
            _parts.Diagnostics.AnnouncementFailed(e);
        }
    }

    private void Refuse(List<Draft> drafts, Problem problem)
    {
        foreach (var draft in drafts)
        {
            draft.Prepare();
            draft.Refuse(problem);
            if (draft is TransactionDraft transaction) foreach (var message in transaction.Messages) PostRefused(message);
            else PostRefused(draft);
        }
    }

    private void PostRefused(Draft draft) => _parts.Lanes.For(draft.Room).Post(new CommittedRun(null, [], [draft], _parts.Metrics));
}

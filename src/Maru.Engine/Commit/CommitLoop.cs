using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Rooms;

namespace Maru.Engine.Commit;

/// <summary>
/// Group commit without a timer: a batch is whatever queued while the last one was written. One thread; it alone appends. After the commit, and only then, entries
/// go to their rooms' lanes and owners learn the outcome there.
/// </summary>
internal sealed class CommitLoop
{
    private readonly CommitQueue _queue;
    private readonly IRoomLog _log;
    private readonly IBackplane _backplane;
    private readonly Lanes _lanes;
    private readonly RoomTable _rooms;
    private readonly ChatEngine _engine;
    private readonly Thread _thread;
    private readonly BatchPlan _plan = new();
    private bool _storeFailed;

    public CommitLoop(CommitQueue queue, int number, IRoomLog log, IBackplane backplane, Lanes lanes, RoomTable rooms, ChatEngine engine)
    {
        (_queue, _log, _backplane, _lanes, _rooms, _engine) = (queue, log, backplane, lanes, rooms, engine);
        _thread = new Thread(Run) { IsBackground = true, Name = $"maru commit {number}" };
    }

    public void Start() => _thread.Start();

    /// <summary>Ends after everything that was queued is committed and on its way.</summary>
    public void Stop()
    {
        _queue.Complete();
        if (_thread.ThreadState != ThreadState.Unstarted) _thread.Join();
    }

    private void Run()
    {
        List<Draft> batch = [];
        while (_queue.Take(batch, _engine.Options.CommitBatch))
        {
            var started = _engine.Time.GetTimestamp();
            Commit(batch);
            _engine.Metrics.CommitTime.Record(_engine.Time.GetElapsedTime(started).TotalSeconds);
            _engine.Metrics.CommitSize.Record(batch.Count);
            batch.Clear();
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
            RefuseAll(drafts, e);
        }
        catch (Exception e) when (drafts.Count > 1)
        {
            // Some draft spoils the transaction. Alone, each succeeds or shows itself; a STOMP transaction stays together.
            _engine.Log.CommitFailed(drafts.Count, e);
            CommitApart(drafts);
        }
        catch (Exception e)
        {
            _engine.Log.DraftFailed(e);
            Refuse(drafts, Problem.Internal);
        }
    }

    private void CommitApart(List<Draft> drafts)
    {
        for (var i = 0; i < drafts.Count;)
        {
            var count = 1;
            while (drafts[i].Group is { } group && i + count < drafts.Count && drafts[i + count].Group == group) count++;
            List<Draft> part = drafts.GetRange(i, count);
            try
            {
                Append(part);
            }
            catch (RoomLogException e)
            {
                RefuseAll(part, e);
            }
            catch (Exception e)
            {
                _engine.Log.DraftFailed(e);
                Refuse(part, Problem.Internal);
            }

            i += count;
        }
    }

    private void Append(List<Draft> drafts)
    {
        foreach (var draft in drafts)
        {
            draft.Reset();
            if (!draft.IsAllowed) draft.Refuse(Problem.NotFound, "There is no such room, or you are no longer a member.");
        }

        var parts = _plan.Arrange(drafts);
        _log.Append(parts);
        if (_storeFailed) _engine.Log.StoreRecovered();
        _storeFailed = false;
        foreach (var part in parts)
        {
            part.Group?.Complete();
            foreach (var room in part.Rooms) Publish(room);
        }
    }

    private void Publish(RoomBatch batch)
    {
        List<Entry> entries = new(batch.Drafts.Count);
        foreach (var draft in batch.Drafts)
        {
            draft.CopyEntries(entries);
            if (draft.Refusal is not null) _engine.Metrics.Refused.Add(1, new KeyValuePair<string, object?>("reason", draft.Refusal.Slug));
        }

        // A room that comes into use only now reads the store, which has these.
        _rooms.TryGet(batch.Room, out var room);
        if (entries.Count > 0)
        {
            if (room is not null)
            {
                // Rights end here, before the next batch is taken: nothing of a removed member is appended after the removal.
                room.Revoke(entries);
                room.Expect(entries[^1].Seq);
            }

            _engine.Metrics.Committed.Add(entries.Count);
            Announce(batch.Room, entries);
        }

        _lanes.For(batch.Room).Post(new CommittedRun(room, entries, batch.Drafts));
    }

    /// <summary>What is committed stays so whatever the backplane does: its failure must not look like the store's, or the batch would be written again.</summary>
    private void Announce(RoomId room, List<Entry> entries)
    {
        try
        {
            _backplane.Publish(room, entries);
        }
        catch (Exception e)
        {
            _engine.Log.AnnouncementFailed(e);
        }
    }

    private void RefuseAll(List<Draft> drafts, RoomLogException e)
    {
        if (!_storeFailed) _engine.Log.StoreFailed(e.Problem.Slug, e);
        _storeFailed = true;
        Refuse(drafts, e.Problem);
    }

    private void Refuse(List<Draft> drafts, Problem problem)
    {
        foreach (var draft in drafts)
        {
            draft.Reset();
            draft.Refuse(problem);
            _lanes.For(draft.Room).Post(new CommittedRun(null, [], [draft]));
        }
    }
}

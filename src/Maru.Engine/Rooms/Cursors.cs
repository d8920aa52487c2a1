using Maru.Engine.Log;
using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// A room's subscriptions that are behind: each reads on at its client's pace, from the tail or else from the store, and at the end of the tail it is live, in the same
/// step. A page of the store is read once for all that wait for it. Lane only.
/// </summary>
internal sealed class Cursors(Room room, RoomTail tail, Hub hub, PageReader pages, EngineOptions options)
{
    private readonly List<Entry> _page = [];
    private Dictionary<long, List<Subscription>>? _reading;     // by the seq behind which they read

    /// <summary>Moves a cursor on as far as its client lets it.</summary>
    public void CatchUp(Subscription subscription, FlushList flush)
    {
        if (subscription.Index < 0 || subscription.IsReading) return;
        var outbox = subscription.Connection.Outbox;
        // Some pages at a time: a client that reads fast must not wait for the lane after each.
        while (subscription.IsCursor && outbox.Bytes < options.OutboxBytes / 2)
        {
            if (!subscription.Form.TryGet(subscription.Next, out var run))
            {
                _page.Clear();
                if (!tail.TryCopy(subscription.Next - 1, _page))
                {
                    Read(subscription);
                    return;
                }

                run = subscription.Form.GetOrEncode(_page);
            }

            if (!TrySend(subscription, run, flush)) break;
        }

        if (subscription.IsCursor && !outbox.WhenEmpty(subscription.PostCatchUp) && !outbox.IsClosed) subscription.PostCatchUp();
    }

    /// <summary>A page came from the store, for every cursor that waits at its beginning.</summary>
    public void Take(Page page, FlushList flush)
    {
        if (_reading is null || !_reading.Remove(page.After, out var cursors)) return;
        foreach (var cursor in cursors)
        {
            cursor.IsReading = false;
            if (cursor.Index < 0) continue;
            if (page.Failed)
            {
                cursor.Connection.Close(Problem.Unavailable);
                continue;
            }

            if (page.Entries.Count > 0) TrySend(cursor, cursor.Form.GetOrEncode(page.Entries), flush);
            CatchUp(cursor, flush);
        }
    }

    private void Read(Subscription subscription)
    {
        var after = subscription.Next - 1;
        subscription.IsReading = true;
        _reading ??= [];
        if (_reading.TryGetValue(after, out var cursors))
        {
            cursors.Add(subscription);
            return;
        }

        _reading[after] = [subscription];
        pages.Read(room, after);
    }

    /// <summary>Hands a cursor its next run; at the end of the tail it is live. False: there is no room for it, or the connection is gone.</summary>
    private bool TrySend(Subscription subscription, in EncodedRun run, FlushList flush)
    {
        if (run.First != subscription.Next) throw new InvalidOperationException($"room {room.Id}: a run begins at {run.First}, not at {subscription.Next}");
        var added = subscription.Connection.Outbox.TryAdd(run.Bytes, flush);
        if (added == AddResult.Added) subscription.Next = run.Last + 1;
        hub.SetCursor(subscription, subscription.Next < tail.Next);
        return added == AddResult.Added;
    }
}

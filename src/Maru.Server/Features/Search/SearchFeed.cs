using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>Brings entries of a room into the index, at its pace. Doing it twice does no harm. Any thread.</summary>
internal sealed class SearchFeed(ISearchIndex index, SearchPace pace, SearchMetrics metrics)
{
    /// <param name="lease">the follower under whose lease they were read</param>
    /// <param name="room">the room</param>
    /// <param name="entries">one behind the other, each message as it is now</param>
    /// <returns>the messages that it had to do with, the last one's time in unix milliseconds, 0 for none</returns>
    public async Task<(int Messages, long At)> TakeAsync(
        string lease, RoomId room, IReadOnlyList<Entry> entries, CancellationToken ct)
    {
        // The last state of each message: an edit in the same page is behind it.
        Dictionary<long, IndexedMessage> messages = [];
        var at = 0L;
        foreach (var entry in entries)
        {
            if (SearchTokens.Read(entry) is not { } message) continue;
            messages[message.Seq] = message;
            if (message.Seq == entry.Seq) at = message.At;
        }

        await pace.WaitAsync(messages.Count, ct);
        await EventLoop.LeaveAsync();
        await index.PutAsync(new IndexedPage(room.Value, entries[0].Seq - 1, entries[^1].Seq, messages.Values, lease), ct);
        metrics.Indexed.Add(messages.Count);
        return (messages.Count, at);
    }

    /// <summary>Makes durable what was brought in.</summary>
    public Task FlushAsync(CancellationToken ct) => index.FlushAsync(ct);
}

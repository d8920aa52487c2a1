using System.Threading.RateLimiting;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Followers;
using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>
/// Brings the entries of all rooms into the index, behind the path of messages and never faster than the setting: what is above waits, so
/// that messages do not. Handling an entry twice does no harm.
/// </summary>
internal sealed class SearchFollower(ISearchIndex index, SearchOptions options, SearchMetrics metrics) : LogFollower, IDisposable
{
    /// <summary>The name of its positions.</summary>
    public const string Followed = "search";

    private readonly TokenBucketRateLimiter _pace = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = Math.Max(LogPages.Entries, options.MessagesPerSecond / 4),
        TokensPerPeriod = Math.Max(1, options.MessagesPerSecond / 20),
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(50),
        QueueLimit = int.MaxValue,      // bounded by the followers' workers
    });

    public override string Name => Followed;

    public override FollowerStart Start => FollowerStart.Beginning;

    public override async Task TakeAsync(RoomId room, IReadOnlyList<Entry> entries, CancellationToken ct)
    {
        // The last state of each message: an edit in the same page is behind it.
        Dictionary<long, IndexedMessage> messages = [];
        foreach (var entry in entries)
        {
            if (SearchTokens.Read(entry) is { } message) messages[message.Seq] = message;
        }

        if (messages.Count == 0) return;
        using var lease = await _pace.AcquireAsync(messages.Count, ct);
        await EventLoop.LeaveAsync();
        await index.PutAsync([.. messages.Values], ct);
        metrics.Indexed.Add(messages.Count);
    }

    public void Dispose() => _pace.Dispose();
}

using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Followers;

namespace Maru.Server.Features.Search;

/// <summary>
/// Brings what is committed into the index, behind the path of messages. It begins with what comes now: <see cref="SearchRebuild"/> does
/// what was there before.
/// </summary>
internal sealed partial class SearchFollower(
    SearchFeed feed, SearchPace pace, SearchMetrics metrics, TimeProvider time, ILogger<SearchFollower> log) : LogFollower
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);

    private long _told;     // when it last said that it is late; 0: it is not

    public override string Name => "search";

    public override Task FlushAsync(CancellationToken ct) => feed.FlushAsync(ct);

    public override async Task TakeAsync(RoomId room, IReadOnlyList<Entry> entries, CancellationToken ct)
    {
        var (_, at) = await feed.TakeAsync(Name, room, entries, ct);
        if (at == 0) return;
        var lag = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(at);
        metrics.Lag.Record(Math.Max(0, lag.TotalSeconds));
        Tell(lag);
    }

    private void Tell(TimeSpan lag)
    {
        var told = Volatile.Read(ref _told);
        if (lag < Late)
        {
            if (lag < Late / 2 && told != 0 && Interlocked.CompareExchange(ref _told, 0, told) == told) Log.CaughtUp(log);
            return;
        }

        var now = time.GetTimestamp();
        if (told != 0 && time.GetElapsedTime(told, now) < Late) return;
        if (Interlocked.CompareExchange(ref _told, now, told) == told) Log.IsLate(log, (int)lag.TotalSeconds, (int)pace.Rate);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Search is {Seconds} s behind the messages, and takes at most {Rate} a second now")]
        public static partial void IsLate(ILogger log, int seconds, int rate);

        [LoggerMessage(LogLevel.Information, "Search has caught up with the messages")]
        public static partial void CaughtUp(ILogger log);
    }
}

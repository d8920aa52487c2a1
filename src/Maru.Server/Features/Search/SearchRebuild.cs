using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Followers;

namespace Maru.Server.Features.Search;

/// <summary>
/// Makes the index anew, in its place, where that is wanted: it goes through all messages once, while the follower goes on with those that
/// come and searches find what is there. One node at a time does it, and goes on where it or another one ended.
/// </summary>
internal sealed partial class SearchRebuild(
    SearchState state, SearchFeed feed, FollowerStore leases, FollowerThread thread, FollowerOptions options, IRoomLog log,
    TimeProvider time, ILogger<SearchRebuild> logger) : BackgroundService
{
    private const string Lease = "search-rebuild";
    private const int EntriesAtOnce = 4 * LogPages.Entries;
    private const int BytesAtOnce = 1024 * 1024;
    private const int RoomsAtOnce = 1000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => thread.RunAsync(() => WatchAsync(stoppingToken));

    private async Task WatchAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            do
            {
                try
                {
                    await LookAsync(ct);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    Log.Failed(logger, e);
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the node stops
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        var work = await state.ReadAsync(ct);
        // During a change of versions nodes of the old one leave it to those of the new one.
        if (work.IsBuilt || work.Version != Tokenizer.Version) return;
        await leases.RegisterAsync(Lease, FollowerStart.Beginning, ct);
        if (!await leases.HoldAsync(Lease, ct)) return;
        try
        {
            await BuildAsync(await state.ReadAsync(ct), ct);
        }
        finally
        {
            await leases.ReleaseAsync(Lease, CancellationToken.None);
        }
    }

    private async Task BuildAsync(SearchProgress work, CancellationToken ct)
    {
        var (begun, held, told, messages) = (time.GetTimestamp(), time.GetTimestamp(), time.GetTimestamp(), 0L);
        var (room, seq) = (work.RoomId, work.Seq);
        var count = new SearchCount(state);
        if (room > 0 && !await TakeRoomAsync()) return;
        while (await state.ListRoomsAsync(room, RoomsAtOnce, ct) is { Count: > 0 } rooms)
        {
            foreach (var next in rooms)
            {
                (room, seq) = (next, 0);
                if (!await TakeRoomAsync()) return;
            }
        }

        await feed.FlushAsync(ct);
        await state.FinishAsync(work.Wanted, ct);
        if (messages > 0) Log.Done(logger, messages, (int)time.GetElapsedTime(begun).TotalSeconds);

        // A room is done when it has no more entries after the last ones were put in: what changes after that, the follower puts in.
        async Task<bool> TakeRoomAsync()
        {
            while (await log.ReadAsync(new RoomId(room), seq, seq + EntriesAtOnce, BytesAtOnce, ct) is { Count: > 0 } entries)
            {
                messages += (await feed.TakeAsync(Lease, new RoomId(room), entries, ct)).Messages;
                seq = entries[^1].Seq;
                if (time.GetElapsedTime(held) >= options.Lease / 10 && !await KeepAsync()) return false;
            }

            return time.GetElapsedTime(held) < options.Lease / 10 || await KeepAsync();
        }

        async Task<bool> KeepAsync()
        {
            held = time.GetTimestamp();
            await feed.FlushAsync(ct);
            if (!await leases.RenewAsync(Lease, ct) || !await state.MoveAsync(work.Wanted, room, seq, ct)) return false;
            if (time.GetElapsedTime(told) < TellEvery) return true;
            told = time.GetTimestamp();
            var (done, all) = await count.ReadAsync(ct);
            Log.IsBuilding(logger, 100 * done / Math.Max(1, all), (int)(messages / time.GetElapsedTime(begun).TotalSeconds));
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The index of search is made anew: {Percent} %, {Rate} messages a second")]
        public static partial void IsBuilding(ILogger log, long percent, int rate);

        [LoggerMessage(LogLevel.Information, "The index of search is made anew: {Messages} messages in {Seconds} s")]
        public static partial void Done(ILogger log, long messages, int seconds);

        [LoggerMessage(LogLevel.Warning, "The index of search could not be made anew, which is tried again")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

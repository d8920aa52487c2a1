using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.Followers;

/// <summary>
/// Runs a follower on this node. While the node has its lease, workers bring it the entries of one room each; one loop renews the lease,
/// stores positions, and searches the store for rooms of which no node told.
/// </summary>
internal sealed partial class FollowerRun(
    LogFollower follower, FollowerStore store, FollowerThread thread, IRoomLog log, FollowerOptions options, TimeProvider time,
    ILogger<FollowerRun> logger)
{
    private const int Workers = 8;
    private const int PageBytes = 256 * 1024;
    private const int RoomsAtOnce = 1000;
    private const int LooksShare = 20;      // a search is followed by this many times its duration without one

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StoreEvery = TimeSpan.FromSeconds(1);

    private volatile FollowerQueue? _queue;     // while the node has the lease
    private bool _hasFailed;

    /// <summary>Adds a room whose log has grown. Any thread.</summary>
    public void Wake(RoomId room) => _queue?.Add(room);

    /// <summary>Runs until the node stops.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (!await TryAsync(() => store.RegisterAsync(follower.Name, follower.Start, ct), ct))
                await Task.Delay(options.Lease / 3, time, ct);
            while (true)
            {
                await TryAsync(() => WorkAsync(ct), ct);
                await Task.Delay(options.Lease / 3, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the node stops
        }
    }

    /// <summary>Works for as long as the node has the lease, if it gets it.</summary>
    private async Task WorkAsync(CancellationToken ct)
    {
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (!await HoldAsync(store.HoldAsync, lease)) return;
        var queue = new FollowerQueue(options, time, lease.Token);
        var positions = new FollowerPositions(store, follower);
        _queue = queue;
        var workers = Enumerable.Range(0, Workers).Select(
            _ => thread.RunAsync(() => WorkAsync(queue, positions, lease.Token)));
        var working = Task.WhenAll(workers);
        try
        {
            await KeepAsync(queue, positions, lease);
        }
        finally
        {
            _queue = null;
            await lease.CancelAsync();
            await working;
            if (ct.IsCancellationRequested) await LeaveAsync(positions);
        }
    }

    private async Task KeepAsync(FollowerQueue queue, FollowerPositions positions, CancellationTokenSource lease)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var (held, stored, looked, pause, next) = (time.GetTimestamp(), time.GetTimestamp(), 0L, TimeSpan.Zero, default(RoomId));
        try
        {
            do
            {
                await TryAsync(KeepOnceAsync, lease.Token);
            }
            while (await timer.WaitForNextTickAsync(lease.Token));
        }
        catch (OperationCanceledException) when (lease.IsCancellationRequested)
        {
            // the lease is over
        }

        async Task KeepOnceAsync()
        {
            if (time.GetElapsedTime(stored) >= StoreEvery)
            {
                stored = time.GetTimestamp();
                if (!await positions.StoreAsync(lease.Token)) await lease.CancelAsync();
            }

            if (time.GetElapsedTime(held) >= options.Lease / 3)
            {
                held = time.GetTimestamp();
                if (!await HoldAsync(store.RenewAsync, lease)) await lease.CancelAsync();
            }

            var isDue = looked == 0 || (log.IsShared && time.GetElapsedTime(looked) >= pause);
            if (!queue.TakeMissed() && !isDue) return;
            var begun = time.GetTimestamp();
            next = await LookAsync(queue, next, lease.Token);
            looked = time.GetTimestamp();
            pause = TimeSpan.FromTicks(Math.Max(options.LookEvery.Ticks, LooksShare * time.GetElapsedTime(begun).Ticks));
        }
    }

    /// <summary>Takes the lease or renews it. The work under a lease ends with it, even while the store is away.</summary>
    private async Task<bool> HoldAsync(Func<string, CancellationToken, Task<bool>> hold, CancellationTokenSource lease)
    {
        var asked = time.GetTimestamp();
        if (!await hold(follower.Name, lease.Token)) return false;
        var left = options.Lease - time.GetElapsedTime(asked);
        if (left > TimeSpan.Zero) lease.CancelAfter(left);
        return left > TimeSpan.Zero;
    }

    /// <summary>
    /// Searches the store; returns where the next search begins: at the first room again, or, when the queue was full, where this one
    /// stopped.
    /// </summary>
    private async Task<RoomId> LookAsync(FollowerQueue queue, RoomId from, CancellationToken ct)
    {
        while (true)
        {
            var rooms = await store.ListBehindAsync(follower.Name, from, RoomsAtOnce, ct);
            foreach (var room in rooms)
            {
                if (!queue.Add(room)) return from;
                from = room;
            }

            if (rooms.Count < RoomsAtOnce) return default;
        }
    }

    private async Task WorkAsync(FollowerQueue queue, FollowerPositions positions, CancellationToken ct)
    {
        try
        {
            await foreach (var room in queue.Ready)
            {
                queue.Begin(room);
                try
                {
                    queue.Done(room, await HandleAsync(room, positions, ct));
                    _hasFailed = false;
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    Log.Failed(logger, _hasFailed ? LogLevel.Debug : LogLevel.Warning, follower.Name, room.Value, e);
                    _hasFailed = true;
                    queue.Fail(room);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the lease is over
        }
    }

    /// <summary>Gives the follower the next entries of a room; true: there are more.</summary>
    private async Task<bool> HandleAsync(RoomId room, FollowerPositions positions, CancellationToken ct)
    {
        var after = await positions.FindAsync(room, ct);
        var last = after + LogPages.Entries;
        var entries = await log.ReadAsync(room, after, last, PageBytes, ct);
        await EventLoop.LeaveAsync();
        if (entries.Count == 0) return false;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.Timeout);
        await follower.TakeAsync(room, entries, timeout.Token);
        positions.Move(room, entries[^1].Seq);
        return entries[^1].Seq == last || entries.Sum(x => (long)x.Body.Length) >= PageBytes;
    }

    /// <summary>
    /// Gives the lease back after storing positions: no entry is handled again, and another node takes over at its next try.
    /// </summary>
    private async Task LeaveAsync(FollowerPositions positions)
    {
        await TryAsync(() => positions.StoreAsync(CancellationToken.None), CancellationToken.None);
        await TryAsync(() => store.ReleaseAsync(follower.Name, CancellationToken.None), CancellationToken.None);
    }

    /// <summary>Runs the work; false: it failed, and is tried again later.</summary>
    private async Task<bool> TryAsync(Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Unkept(logger, follower.Name, e.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "The follower {Follower} failed in room {Room}, which it is given again later")]
        public static partial void Failed(ILogger log, LogLevel level, string follower, long room, Exception e);

        [LoggerMessage(LogLevel.Debug, "The state of the follower {Follower} was not stored: {Reason}")]
        public static partial void Unkept(ILogger log, string follower, string reason);
    }
}

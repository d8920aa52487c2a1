using System.Text;
using System.Threading.Channels;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;

namespace Maru.Server.Features.Scheduled;

/// <summary>
/// Sends scheduled messages when their time has come, and at start what came due before, as their senders would at that moment. Every node
/// does: a message goes with its row (<see cref="ScheduledDraft"/>), so the first one sends it. Of each room in order of the times. One
/// loop; it sleeps until the next one is due, and looks into the store every ten seconds, for what is left by nodes that died.
/// </summary>
internal sealed partial class ScheduledSender(
    ScheduledStore store, MessageSends sends, ScheduledEvents events, ScheduledMetrics metrics, TimeProvider time,
    ILogger<ScheduledSender> log) : BackgroundService
{
    private const int AtOnce = 200;
    private const int RoomsAtOnce = 8;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _until = long.MaxValue;        // unix milliseconds: what is due earlier wakes it

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Tells it of a message that waits since now. Any thread.</summary>
    /// <param name="at">its time, unix milliseconds</param>
    public void Wake(long at)
    {
        if (at < Interlocked.Read(ref _until)) _woken.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                Interlocked.Exchange(ref _until, long.MaxValue);
                _woken.Reader.TryRead(out _);
                var pause = await TrySendDueAsync(stoppingToken);
                failures = pause is null ? failures + 1 : 0;
                var rest = pause ?? TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(failures - 1, 10)));
                if (pause is null) await Task.Delay(rest, time, stoppingToken);
                else await RestAsync(rest, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server goes down; the next start goes on.
        }
    }

    /// <summary>Returns for how long nothing is due; null: it failed.</summary>
    private async Task<TimeSpan?> TrySendDueAsync(CancellationToken ct)
    {
        try
        {
            return await SendDueAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (e is not StoreAwayException { Problem: var problem } || problem != Problem.ShuttingDown) Log.Failed(log, e);
            return null;
        }
    }

    private async Task<TimeSpan> SendDueAsync(CancellationToken ct)
    {
        while (true)
        {
            var (next, now) = (await store.NextAsync(ct), Now);
            if (next == 0) return LookEvery;
            if (next > now) return TimeSpan.FromMilliseconds(Math.Min(next - now, LookEvery.TotalMilliseconds));
            var due = await store.ListDueAsync(now, AtOnce, ct);
            await Parallel.ForEachAsync(
                due.GroupBy(row => row.RoomId), new ParallelOptions { MaxDegreeOfParallelism = RoomsAtOnce, CancellationToken = ct },
                async (room, inner) => await SendAsync(room, inner));
        }
    }

    /// <summary>Sends what is due in a room, one after the other. Who must wait there waits with all of theirs; others go on.</summary>
    private async Task SendAsync(IEnumerable<ScheduledRow> room, CancellationToken ct)
    {
        HashSet<long> waiting = [];
        foreach (var row in room.OrderBy(row => row.At).ThenBy(row => row.Id))
        {
            ct.ThrowIfCancellationRequested();
            if (!waiting.Contains(row.UserId) && !await SendAsync(row, ct)) waiting.Add(row.UserId);
        }
    }

    /// <summary>Sends it; false: its sender must wait.</summary>
    /// <exception cref="StoreAwayException">Nothing can be sent now.</exception>
    private async Task<bool> SendAsync(ScheduledRow row, CancellationToken ct)
    {
        var key = row.ClientKey is null ? null : Encoding.UTF8.GetBytes(row.ClientKey);
        var sent = await sends.SendAsync(
            row.Room,
            row.User,
            (right, sender, owner) => new ScheduledDraft(right, sender, row.ToBody(), key, owner, row.Id, row.Version),
            ct);
        if (sent.Refusal is not { } refusal)
        {
            metrics.Sent.Add(1);
            metrics.Lag.Record((Now - row.At) / 1000.0);
            events.Sent(row, sent.Seq);
            return true;
        }

        if (refusal == ScheduledDraft.NotDue) return true;
        if (refusal.Problem == Problem.Internal)
        {
            // Something is wrong with this one alone; it may be so for ever.
            await store.PutOffAsync(row, Later(LongestDelay));
            return true;
        }

        if (refusal.RetryAfter > 0)
        {
            // No longer than that: the room may be slow no more, or its sender an admin.
            await store.PutOffAllAsync(row, Later(TimeSpan.FromSeconds(Math.Min(refusal.RetryAfter, LongestDelay.TotalSeconds))));
            return false;
        }

        if (refusal.Problem.Status >= 500) throw new StoreAwayException(refusal.Problem);
        await FailAsync(row, refusal.Problem.Slug);
        return true;
    }

    private long Later(TimeSpan delay) => Now + (long)delay.TotalMilliseconds;

    private async Task FailAsync(ScheduledRow row, string slug)
    {
        if (!await store.FailAsync(row, slug)) return;
        metrics.Failed.Add(1, new KeyValuePair<string, object?>("reason", slug));
        events.Failed(row, slug);
    }

    private async Task RestAsync(TimeSpan pause, CancellationToken ct)
    {
        Interlocked.Exchange(ref _until, Later(pause));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(Task.Delay(pause, time, over.Token), _woken.Reader.WaitToReadAsync(over.Token).AsTask());
        await over.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Thrown when the store takes nothing now, whatever the message.</summary>
    private sealed class StoreAwayException(Problem problem) : Exception(problem.Title)
    {
        public Problem Problem { get; } = problem;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Scheduled messages could not be sent; tried again in a moment")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

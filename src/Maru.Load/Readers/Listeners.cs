using System.Collections.Concurrent;
using System.Net.Sockets;
using Maru.Load.Clients;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;

namespace Maru.Load.Readers;

/// <summary>What all that listen share. Any thread.</summary>
internal sealed class Listeners(Scenario scenario, RunShared run)
{
    private long _open;
    private long _events;
    private long _disconnects;
    private long _lastUnread;

    public Scenario Scenario => scenario;

    public RunShared Run => run;

    /// <summary>Why connections ended that were not meant to.</summary>
    public ConcurrentDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>Listeners that are connected and have begun.</summary>
    public long Open => Interlocked.Read(ref _open);

    /// <summary>Events that came, of all kinds.</summary>
    public long Events => Interlocked.Read(ref _events);

    public long Disconnects => Interlocked.Read(ref _disconnects);

    /// <summary>The time of the latest <c>unread</c>.</summary>
    public long LastUnread => Interlocked.Read(ref _lastUnread);

    /// <summary>From then on tabs stay open.</summary>
    public bool IsDraining { get; set; }

    public void Heard() => Interlocked.Increment(ref _events);

    public void HeardUnread(long now) => Interlocked.Exchange(ref _lastUnread, now);

    /// <summary>
    /// Connects, listens, and comes back 50 ms to 3.2 s after each loss, at the next node, until it is cancelled.
    /// </summary>
    /// <param name="node">the first node</param>
    /// <param name="listen">listens once; calls what it gets when it has begun; returns why it ended</param>
    /// <param name="life">how long to stay connected; null = until it is lost</param>
    /// <param name="ct">ends it</param>
    public async Task RunAsync(
        int node, Func<Node, Action, CancellationToken, Task<string>> listen, Func<TimeSpan>? life, CancellationToken ct)
    {
        for (var failures = 0; !ct.IsCancellationRequested; node++)
        {
            using var one = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var (isOpen, reason) = (false, "");
            var leaving = life is null ? null : LeaveAsync(one, life(), one.Token);
            try
            {
                reason = await listen(run.Nodes[node % run.Nodes.Count], Opened, one.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or IOException or ObjectDisposedException)
            {
                reason = e is SocketException socket ? socket.SocketErrorCode.ToString() : "no-heart-beat";
            }

            var isAsked = one.IsCancellationRequested;
            await one.CancelAsync();
            if (leaving is not null) await leaving;
            if (isOpen) Interlocked.Decrement(ref _open);
            if (ct.IsCancellationRequested) return;
            if (!isAsked)
            {
                if (isOpen) Interlocked.Increment(ref _disconnects);
                Errors.AddOrUpdate(reason, 1, (_, count) => count + 1);
            }

            failures = isOpen ? 0 : Math.Min(failures + 1, 6);
            await PauseAsync((50 << failures) * (0.5 + Random.Shared.NextDouble()), ct);

            void Opened()
            {
                isOpen = true;
                Interlocked.Increment(ref _open);
            }
        }
    }

    public static Task PauseAsync(double milliseconds, CancellationToken ct) =>
        Ticks.UntilAsync(Ticks.Now + (long)(milliseconds * Ticks.PerMillisecond), ct);

    private async Task LeaveAsync(CancellationTokenSource one, TimeSpan after, CancellationToken ct)
    {
        await PauseAsync(after.TotalMilliseconds, ct);
        if (!IsDraining && !ct.IsCancellationRequested) await one.CancelAsync();
    }
}

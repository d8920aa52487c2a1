using Maru.Engine;

namespace Maru.Server.Features.Presence;

/// <summary>
/// Stores who left, each second, and who is there, three times in two leases; takes over from nodes that died. What cannot be stored waits
/// in the engine, within its bound. One loop.
/// </summary>
internal sealed partial class LastSeenKeeper(
    ChatEngine engine, LastSeenStore store, TimeProvider time, ILogger<LastSeenKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly int _noteEvery = Math.Max(1, (int)(engine.Options.Presence.Lease.TotalSeconds * 2 / 3));   // rounds

    private bool _failed;

    /// <summary>Stores everybody who is still there: this node takes nobody from now on.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var here = Array.ConvertAll(engine.Presence.Here(), user => new Engine.People.PersonPresence(user, default, now));
        engine.Presence.GiveBack(here);
        await TryAsync(KeepAsync, cancellationToken);
        await TryAsync(ct => store.NoteAsync([], ct), cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, time);
        try
        {
            for (var round = 0; ; round++)
            {
                await TryAsync(KeepAsync, stoppingToken);
                if (round % _noteEvery == 0) await TryAsync(NoteAsync, stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    private async Task NoteAsync(CancellationToken ct)
    {
        await store.TakeOverAsync(ct);
        await store.NoteAsync(engine.Presence.Here(), ct);
    }

    private async Task KeepAsync(CancellationToken ct)
    {
        var left = engine.Presence.TakeLeft();
        if (left.Count == 0) return;
        try
        {
            await store.KeepAsync(left, ct);
        }
        catch
        {
            engine.Presence.GiveBack(left);
            throw;
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> keep, CancellationToken ct)
    {
        try
        {
            await keep(ct);
            _failed = false;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (!_failed) Log.Failed(log, e.Message);
            _failed = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "When people were there last could not be stored, and waits: {Reason}")]
        public static partial void Failed(ILogger log, string reason);
    }
}

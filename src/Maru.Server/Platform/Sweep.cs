using System.Data.Common;

namespace Maru.Server.Platform;

/// <summary>
/// Work on the store that is done at start and then every so often, beside the requests. What fails, or is cut off, is done the next time.
/// One loop.
/// </summary>
internal abstract class Sweep(TimeSpan every, TimeProvider time) : BackgroundService
{
    protected TimeProvider Time => time;

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            do
            {
                try
                {
                    await SweepAsync(stoppingToken);
                }
                catch (DbException e)
                {
                    Failed(e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server goes down; the next start goes on.
        }
    }

    protected abstract Task SweepAsync(CancellationToken ct);

    /// <summary>Logs what the store says.</summary>
    protected abstract void Failed(DbException e);
}

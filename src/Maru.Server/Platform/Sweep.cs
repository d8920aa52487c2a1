using System.Data.Common;

namespace Maru.Server.Platform;

/// <summary>
/// Work that is done at start and then every so often, beside the requests. What fails, whatever the reason, or is cut off is done the next
/// time. One loop.
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
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // The store that is away comes back by itself; what nobody foresaw is a fault of the program.
                    Failed(e is DbException or IOException ? LogLevel.Warning : LogLevel.Error, e);
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

    /// <summary>Logs why it failed this time.</summary>
    protected abstract void Failed(LogLevel level, Exception e);
}

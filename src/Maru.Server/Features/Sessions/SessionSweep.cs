using System.Data.Common;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Deletes, at start and once a day, the sessions that ended so long ago that none of their tokens can be used. One loop.
/// </summary>
internal sealed partial class SessionSweep(SessionStore sessions, TimeProvider time, ILogger<SessionSweep> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), time);
        try
        {
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server goes down; the next start goes on.
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        try
        {
            var count = await sessions.ForgetAsync(ct);
            if (count > 0) Log.Forgot(log, count);
        }
        catch (DbException e)
        {
            Log.Failed(log, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Forgot {Count} sessions that are over")]
        public static partial void Forgot(ILogger log, int count);

        [LoggerMessage(LogLevel.Warning, "Old sessions could not be taken out; tried again in a day")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

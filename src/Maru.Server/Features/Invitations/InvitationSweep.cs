using System.Data.Common;

namespace Maru.Server.Features.Invitations;

/// <summary>Deletes, at start and every hour, the invitations that are of no more use. One loop.</summary>
internal sealed partial class InvitationSweep(InvitationStore store, TimeProvider time, ILogger<InvitationSweep> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
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
            await store.SweepAsync(ct);
        }
        catch (DbException e)
        {
            Log.Failed(log, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Invitations that are over could not be taken out; tried again in an hour")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

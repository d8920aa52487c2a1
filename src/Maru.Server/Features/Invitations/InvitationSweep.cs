using Maru.Server.Platform;

namespace Maru.Server.Features.Invitations;

/// <summary>Deletes, at start and every hour, the invitations that are of no more use.</summary>
internal sealed partial class InvitationSweep(InvitationStore store, TimeProvider time, ILogger<InvitationSweep> log)
    : Sweep(TimeSpan.FromHours(1), time)
{
    protected override Task SweepAsync(CancellationToken ct) => store.SweepAsync(ct);

    protected override void Failed(LogLevel level, Exception e) => Log.Failed(log, level, e);

    private static partial class Log
    {
        [LoggerMessage("Invitations that are over could not be taken out; tried again in an hour")]
        public static partial void Failed(ILogger log, LogLevel level, Exception e);
    }
}

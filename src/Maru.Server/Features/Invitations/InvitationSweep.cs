using Maru.Server.Platform;

namespace Maru.Server.Features.Invitations;

/// <summary>Deletes, at start and every hour, the invitations that are of no more use.</summary>
internal sealed partial class InvitationSweep(InvitationStore store, TimeProvider time, ILogger<InvitationSweep> log)
    : Sweep(TimeSpan.FromHours(1), time)
{
    protected override Task SweepAsync(CancellationToken ct) => store.SweepAsync(ct);

    protected override void Failed(Exception e) => Log.Failed(log, e);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Invitations that are over could not be taken out; tried again in an hour")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

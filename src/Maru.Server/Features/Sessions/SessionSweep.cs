using Maru.Server.Platform;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Deletes, at start and once a day, the sessions that ended so long ago that none of their tokens can be used.
/// </summary>
internal sealed partial class SessionSweep(SessionStore sessions, TimeProvider time, ILogger<SessionSweep> log)
    : Sweep(TimeSpan.FromDays(1), time)
{
    protected override async Task SweepAsync(CancellationToken ct)
    {
        var count = await sessions.ForgetAsync(ct);
        if (count > 0) Log.Forgot(log, count);
    }

    protected override void Failed(LogLevel level, Exception e) => Log.Failed(log, level, e);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Forgot {Count} sessions that are over")]
        public static partial void Forgot(ILogger log, int count);

        [LoggerMessage("Old sessions could not be taken out; tried again in a day")]
        public static partial void Failed(ILogger log, LogLevel level, Exception e);
    }
}

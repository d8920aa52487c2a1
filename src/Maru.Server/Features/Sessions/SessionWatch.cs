using Maru.Engine;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Reads from the store, twice a second, the sessions and foreign tokens that ended on other nodes: a sign-out holds everywhere within a
/// second, even if the bus fails. One loop; only where other nodes share the store.
/// </summary>
internal sealed partial class SessionWatch(
    SessionStore sessions, SessionEvents events, ForeignEnds foreign, JwtOptions options, TimeProvider time, ILogger<SessionWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The longest time from the moment that a node takes as a session's end to the one at which other nodes can read it.
    /// </summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(20);

    private bool _failed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        var seen = time.GetUtcNow();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = time.GetUtcNow();
                if (await TryReadAsync(seen - LongestWrite - (2 * options.ClockSkew), stoppingToken)) seen = now;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    private async Task<bool> TryReadAsync(DateTimeOffset since, CancellationToken ct)
    {
        try
        {
            foreach (var session in await sessions.ListEndedAsync(since, ct))
                events.Learn(new UserId(session.UserId), [session.Id], session.EndReason);
            await foreign.LearnAsync(since, ct);
            _failed = false;
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (!_failed) Log.Failed(log, e);
            _failed = true;
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Sign-outs on other nodes cannot be read: the store is away")]
        public static partial void Failed(ILogger log, Exception e);
    }
}

using System.Threading.RateLimiting;
using Maru.Engine;

namespace Maru.Server.Platform.Limits;

/// <summary>Gives each user one turn at a time: the user's others wait, and hold up nobody else. Any thread.</summary>
/// <param name="mostWaiting">of one user; more are refused</param>
internal class UserTurns(int mostWaiting) : IDisposable
{
    /// <summary>Gives turns as leases; refused when too many of the user wait.</summary>
    public PartitionedRateLimiter<UserId> Limiter { get; } = PartitionedRateLimiter.Create<UserId, UserId>(user =>
        RateLimitPartition.GetConcurrencyLimiter(user, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = mostWaiting }));

    public ValueTask<RateLimitLease> TakeAsync(UserId user, CancellationToken ct) => Limiter.AcquireAsync(user, 1, ct);

    public void Dispose()
    {
        Limiter.Dispose();
        GC.SuppressFinalize(this);
    }
}

using System.Threading.RateLimiting;
using Maru.Engine;

namespace Maru.Server.Platform.Credentials;

/// <summary>
/// Limits each signed-in user to one password at a time, whatever it is for: the user's others wait here, outside the queue of <see
/// cref="Passwords"/>, so that a flood of one user holds up nobody else's sign-in. Any thread.
/// </summary>
internal sealed class PasswordTurns(PasswordOptions options) : IDisposable
{
    /// <summary>Gives turns as leases; refused when too many of the user wait.</summary>
    public PartitionedRateLimiter<UserId> Limiter { get; } = PartitionedRateLimiter.Create<UserId, UserId>(user =>
        RateLimitPartition.GetConcurrencyLimiter(user, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = options.Queue }));

    public ValueTask<RateLimitLease> TakeAsync(UserId user, CancellationToken ct) => Limiter.AcquireAsync(user, 1, ct);

    public void Dispose() => Limiter.Dispose();
}

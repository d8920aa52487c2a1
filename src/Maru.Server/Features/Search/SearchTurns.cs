using System.Threading.RateLimiting;
using Maru.Engine;

namespace Maru.Server.Features.Search;

/// <summary>Gives each user one search at a time: the others of the user wait, so that nobody loads all cores. Any thread.</summary>
internal sealed class SearchTurns : IDisposable
{
    private const int MostWaiting = 16;

    private readonly PartitionedRateLimiter<UserId> _turns = PartitionedRateLimiter.Create<UserId, UserId>(user =>
        RateLimitPartition.GetConcurrencyLimiter(
            user, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = MostWaiting }));

    /// <summary>Gives a turn as a lease; refused when too many searches of the user wait.</summary>
    public ValueTask<RateLimitLease> TakeAsync(UserId user, CancellationToken ct) => _turns.AcquireAsync(user, 1, ct);

    public void Dispose() => _turns.Dispose();
}

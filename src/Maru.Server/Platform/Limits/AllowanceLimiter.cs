using System.Threading.RateLimiting;
using Maru.Engine;

namespace Maru.Server.Platform.Limits;

/// <summary>One key's <see cref="Allowances"/> as the framework wants them. Has no state of its own; nothing waits. Any thread.</summary>
internal sealed class AllowanceLimiter(Allowances allowances, long key) : RateLimiter
{
    private static readonly Lease Granted = new(null);

    public override TimeSpan? IdleDuration => TimeSpan.MaxValue;    // may be thrown away at any time

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount) => allowances.TrySpend(key, out var wait) ? Granted : new Lease(wait);

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));

    private sealed class Lease(TimeSpan? wait) : RateLimitLease
    {
        public override bool IsAcquired => wait is null;

        public override IEnumerable<string> MetadataNames => wait is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? wait : null;
            return metadata is not null;
        }
    }
}

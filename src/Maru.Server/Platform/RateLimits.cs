using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Maru.Server.Platform;

/// <summary>Token buckets a user and an address, in memory. Full means 429 with <c>Retry-After</c>; nothing waits.</summary>
internal static class RateLimits
{
    /// <summary>For what costs a password's hash or makes an account.</summary>
    public const string SignIn = "sign-in";

    public static void AddRateLimits(this IServiceCollection services, RateLimitOptions options)
    {
        if (!options.Enabled) return;
        services.AddRateLimiter(limiter =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Key>(context => context.User is Caller caller
                ? Bucket(new Key(caller.UserId.Value, null), options.UserBurst, options.UserPerSecond, TimeSpan.FromSeconds(1))
                : Bucket(new Key(0, Address(context)), options.AddressBurst, options.AddressPerSecond, TimeSpan.FromSeconds(1)));
            limiter.AddPolicy(SignIn, context => Bucket(Address(context), options.SignInBurst, options.SignInPerMinute, TimeSpan.FromMinutes(1)));
            limiter.OnRejected = (rejected, _) => new ValueTask(Problems.Busy(rejected.HttpContext, Wait(rejected.Lease)).ExecuteAsync(rejected.HttpContext));
        });
    }

    public static void UseRateLimits(this WebApplication app)
    {
        if (app.Services.GetRequiredService<RateLimitOptions>().Enabled) app.UseRateLimiter();
    }

    public static RateLimitPartition<T> Bucket<T>(T key, int burst, int perPeriod, TimeSpan period) where T : notnull =>
        RateLimitPartition.GetTokenBucketLimiter(
            key,
            _ => new TokenBucketRateLimiterOptions { TokenLimit = burst, TokensPerPeriod = perPeriod, ReplenishmentPeriod = period, AutoReplenishment = false });

    /// <summary>How long whoever was refused this has to wait; zero where nobody can say.</summary>
    public static TimeSpan Wait(RateLimitLease refused) => refused.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.Zero;

    /// <summary>Of IPv6 the network: one subscriber has 2^64 addresses of it.</summary>
    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        var address => address.MapToIPv4().ToString(),
    };

    private readonly record struct Key(long User, string? Address);
}

using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Maru.Engine;
using Microsoft.AspNetCore.RateLimiting;

namespace Maru.Server.Platform.Limits;

/// <summary>What one user or one address may ask, over all nodes (<see cref="SharedLimits"/>). Too much means 429 with <c>Retry-After</c>; nothing waits.</summary>
internal static class RateLimits
{
    /// <summary>For what costs a password's hash or makes an account.</summary>
    public const string SignIn = "sign-in";

    public static void AddRateLimits(this IServiceCollection services, RateLimitOptions options)
    {
        if (!options.Enabled) return;
        services.AddRateLimiter();
        services.AddOptions<RateLimiterOptions>().Configure<SharedLimits>((limiter, limits) =>
        {
            var users = limits.Add(Limit.Users, options.UserBurst, options.UserPerSecond, TimeSpan.FromSeconds(1));
            var addresses = limits.Add(Limit.Addresses, options.AddressBurst, options.AddressPerSecond, TimeSpan.FromSeconds(1));
            var signIns = limits.Add(Limit.SignIns, options.SignInBurst, options.SignInPerMinute, TimeSpan.FromMinutes(1));
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Key>(context =>
                context.User is Caller caller ? Partition(users, caller.UserId.Value) : Partition(addresses, KeyOf(Address(context))));
            limiter.AddPolicy(SignIn, context => Partition(signIns, KeyOf(Address(context))));
            limiter.OnRejected = (rejected, _) => new ValueTask(Problems.Busy(rejected.HttpContext, Wait(rejected.Lease)).ExecuteAsync(rejected.HttpContext));
        });
    }

    public static void UseRateLimits(this WebApplication app)
    {
        if (app.Services.GetRequiredService<RateLimitOptions>().Enabled) app.UseRateLimiter();
    }

    /// <summary>One key's share of a limit.</summary>
    public static RateLimitPartition<Key> Partition(Allowances allowances, long key) =>
        RateLimitPartition.Get(new Key(allowances, key), static x => new AllowanceLimiter(x.Allowances, x.Of));

    /// <summary>Of an address or a handle; the same on every node.</summary>
    public static long KeyOf(string text) => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>How long whoever was refused this has to wait; zero where nobody can say.</summary>
    public static TimeSpan Wait(RateLimitLease refused) => refused.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.Zero;

    /// <summary>Of IPv6 the network: one subscriber has 2^64 addresses of it.</summary>
    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        var address => address.MapToIPv4().ToString(),
    };

    public readonly record struct Key(Allowances Allowances, long Of);
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform.Limits;

/// <summary>
/// Limits the requests of each user and address, over all nodes (<see cref="SharedLimits"/>). One too many is 429 with <c>Retry-After</c>;
/// nothing waits. Any thread.
/// </summary>
internal sealed class RateLimits(SharedLimits shared, SignInLimits signIns, RateLimitOptions options, ChatEngine engine)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RateLimit _users = new("user", shared.Add(Limit.Users, options.UserBurst, options.UserPerSecond, Second));
    private readonly RateLimit _addresses = new(
        "address", shared.Add(Limit.Addresses, options.AddressBurst, options.AddressPerSecond, Second));

    private readonly RateLimit _messages = new("message", shared.Add(Limit.Messages, engine.MessageRate));

    /// <summary>Counts one request against the limits of its user or address and of its endpoint; returns the refusal, or null.</summary>
    public ProblemHttpResult? Take(HttpContext context)
    {
        var endpoint = context.GetEndpoint()?.Metadata;
        if (endpoint?.GetMetadata<Unlimited>() is not null) return null;
        var caller = context.User as Caller;
        var address = KeyOf(context.Connection.RemoteIpAddress);
        var usual = caller is null ? _addresses.Take(context, address) : _users.Take(context, caller.UserId.Value);
        return usual ?? (endpoint?.GetMetadata<Limited>()?.By, caller) switch
        {
            (Limit.SignIns, _) => signIns.OfAddress.Take(context, address),
            (Limit.Messages, not null) => _messages.Take(context, caller.UserId.Value),
            _ => null,
        };
    }

    /// <summary>Returns the key of a handle; the same on every node.</summary>
    public static long KeyOf(string text) => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Returns the key of an address; of IPv6 that of the network, since one subscriber has 2^64 addresses of it. The same on every node.
    /// </summary>
    public static long KeyOf(System.Net.IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null) return 0;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        address.TryWriteBytes(bytes, out var length);
        return length == 16 ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}

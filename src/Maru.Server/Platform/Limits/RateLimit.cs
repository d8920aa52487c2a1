using System.Globalization;
using Maru.Engine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform.Limits;

/// <summary>
/// A rate limit of requests. Each response that counts against it says so: <c>RateLimit-Policy</c> has the burst and the seconds in which
/// it comes back,
/// <c>RateLimit</c> what is left of it (draft-ietf-httpapi-ratelimit-headers-11). Any thread.
/// </summary>
/// <param name="name">stable, for programs</param>
/// <param name="rate">who took how much</param>
internal sealed class RateLimit(string name, Gcra rate)
{
    public const string PolicyHeader = "RateLimit-Policy";
    public const string Header = "RateLimit";

    private readonly string _policy = string.Create(
        CultureInfo.InvariantCulture, $"\"{name}\";q={rate.Burst};w={Math.Max(1, Seconds(rate.Window))}");

    /// <summary>Takes one for the key; returns the refusal, or null.</summary>
    public ProblemHttpResult? Take(HttpContext context, long key)
    {
        if (!rate.IsLimited) return null;
        var quota = rate.Take(key);
        var headers = context.Response.Headers;
        headers.Append(PolicyHeader, _policy);
        headers.Append(Header, string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={quota.Remaining};t={Seconds(quota.Reset)}"));
        return quota.IsTaken ? null : Problems.Busy(context, quota.Wait);
    }

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}

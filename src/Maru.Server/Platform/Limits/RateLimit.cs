using System.Globalization;
using Maru.Engine;
using Maru.Server.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform.Limits;

/// <summary>
/// A rate limit of requests. Each response that counts against it says so (draft-ietf-httpapi-ratelimit-headers-11):
/// <c>RateLimit-Policy</c> has the burst and the seconds in which it comes back, <c>RateLimit</c> what is left of it and the seconds
/// within which there is no more. Any thread.
/// </summary>
/// <param name="name">stable, for programs</param>
/// <param name="rate">counts the units that each key took</param>
internal sealed class RateLimit(string name, Gcra rate)
{
    public const string PolicyHeader = "RateLimit-Policy";
    public const string Header = "RateLimit";

    private readonly string _policy = string.Create(
        CultureInfo.InvariantCulture, $"\"{name}\";q={rate.Burst};w={Math.Max(1, Seconds(rate.Window))}");

    /// <summary>Takes units of the key, all or none; returns the refusal, or null.</summary>
    /// <param name="context">the request; its response names the limit</param>
    /// <param name="key">who or what is counted</param>
    /// <param name="onlyRefusal">true when only a refusal names the limit: what is left would tell what others did</param>
    /// <param name="units">how many</param>
    public ProblemHttpResult? Take(HttpContext context, long key, bool onlyRefusal = false, int units = 1) =>
        rate.IsLimited && units > 0 ? Tell(context, rate.Take(key, units), onlyRefusal) : null;

    /// <summary>
    /// Takes one unit for the time being, as <see cref="Take"/>: <see cref="Settle"/> follows where it was not refused.
    /// </summary>
    public ProblemHttpResult? Hold(HttpContext context, long key, bool onlyRefusal = false) =>
        rate.IsLimited ? Tell(context, rate.Hold(key), onlyRefusal) : null;

    /// <summary>Counts a held unit, or gives it back.</summary>
    public void Settle(long key, bool counts)
    {
        if (counts) rate.Count(key);
        else rate.Release(key);
    }

    private ProblemHttpResult? Tell(HttpContext context, RateQuota quota, bool onlyRefusal)
    {
        if (quota.IsTaken && onlyRefusal) return null;
        var headers = context.Response.Headers;
        Add(headers, PolicyHeader, _policy);
        Add(headers, Header, string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={quota.Remaining};t={Seconds(quota.Next)}"));
        if (quota.IsTaken) return null;
        SecurityNote.Of(context).Detail = name;
        return Problems.Busy(context, quota.Next);
    }

    /// <summary>One line for all limits of a request, which is easier to read than a line each.</summary>
    private static void Add(IHeaderDictionary headers, string field, string item) =>
        headers[field] = headers.TryGetValue(field, out var items) ? $"{items}, {item}" : item;

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}

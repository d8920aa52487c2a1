using Maru.Engine;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Contacts;

/// <summary>
/// Limits whom a user asks for a contact, so that strangers are not asked by the thousand, and addresses are not tried out. Any thread.
/// </summary>
internal sealed class ContactLimits(SharedLimits shared, RateLimitOptions options)
{
    private readonly RateLimit _requests = new(
        "contact",
        shared.Add(Limit.ContactRequests, options.ContactRequestsPerHour, options.ContactRequestsPerHour, TimeSpan.FromHours(1)));

    /// <summary>Counts somebody who is asked, whether they are found or not; returns the refusal, or null.</summary>
    public ProblemHttpResult? Take(HttpContext context, UserId user) => _requests.Take(context, user.Value);
}

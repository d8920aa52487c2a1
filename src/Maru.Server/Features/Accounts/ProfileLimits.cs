using Maru.Engine;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Accounts;

/// <summary>Limits what a change of a profile makes others do. Any thread.</summary>
internal sealed class ProfileLimits(SharedLimits shared)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Of everybody who watches a user it is looked up anew whom they may see, whenever that user hides or shows.</summary>
    private readonly RateLimit _presence = new("presence-setting", shared.Add(Limit.PresenceSettings, burst: 20, perPeriod: 6, Minute));

    /// <summary>Counts a change of whether others see that a user is there; returns the refusal, or null.</summary>
    public ProblemHttpResult? TakePresence(HttpContext context, UserId user) => _presence.Take(context, user.Value);
}

using Maru.Engine;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Presence;

/// <summary>Limits the people whom a user asks for, over requests and subscriptions. Any thread.</summary>
internal sealed class PresenceLimit(ChatEngine engine)
{
    private readonly RateLimit _people = new("presence", engine.Presence.Rate);

    /// <summary>Counts people; returns the refusal, or null.</summary>
    public ProblemHttpResult? Take(HttpContext context, UserId user, int people) => _people.Take(context, user.Value, units: people);
}

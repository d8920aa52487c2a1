using Maru.Engine;
using Maru.Engine.People;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Presence;

/// <summary>The endpoint that tells who is there.</summary>
internal static class PresenceEndpoints
{
    private const string UserIds = "userIds";

    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        var people = routes.ServiceProvider.GetRequiredService<ChatEngine>().Options.Presence.People;
        routes.MapGet("/api/presence", AskAsync).WithTags("Presence").RequireAuthorization()
            .WithName("getPresence")
            .WithSummary("Who of these people is there: members of rooms of yours who show it; all others are offline")
            .WithMetadata(new ApiParameter(UserIds, PeopleList.Rule(people), ApiSchemas.Text, "1,2"));
    }

    private static async Task<Results<Ok<PresenceList>, ProblemHttpResult>> AskAsync(
        string? userIds, Caller caller, HttpContext context, ChatEngine engine, PresenceLimit limit, CancellationToken ct)
    {
        var presence = engine.Presence;
        if (!PeopleList.TryRead(userIds, presence.Options.People, out var people))
        {
            var errors = new FieldErrors();
            errors.Add(UserIds, PeopleList.Rule(presence.Options.People));
            return errors.Result();
        }

        if (limit.Take(context, caller.UserId, people.Count) is { } tooMany) return tooMany;
        var found = await presence.AskAsync(caller.UserId, people, ct);
        return TypedResults.Ok(new PresenceList([.. found.Select(ToPresence)]));
    }

    private static Presence ToPresence(PersonPresence person) => new(
        person.User.Value,
        PresenceStates.Text(person.State),
        person.LastSeen > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(person.LastSeen) : null);
}

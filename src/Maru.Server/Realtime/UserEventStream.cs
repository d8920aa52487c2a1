using Maru.Engine;
using Maru.Engine.Clients;
using Maru.Engine.Connections;
using Maru.Engine.People;
using Maru.Engine.Protocols.Sse;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;

namespace Maru.Server.Realtime;

/// <summary>A user's own events as Server-Sent Events. They have no ids: each stream begins with the present state.</summary>
internal static class UserEventStream
{
    private const string Presence = "presence";

    public static void MapUserEventStream(this IEndpointRouteBuilder routes)
    {
        var people = routes.ServiceProvider.GetRequiredService<ChatEngine>().Options.Presence.People;
        routes.MapGet("/api/events", StreamAsync)
            .WithTags("Events").AsEventStream()
            .WithName("streamUserEvents")
            .WithSummary("Your own events as Server-Sent Events: the present state first, then what changes; a Last-Event-ID is ignored")
            .WithMetadata(
                new ApiParameter(
                    Presence, $"People whose presence the stream tells too: {PeopleList.Rule(people)}", ApiSchemas.Text, "1,2"));
    }

    private static Task<IResult> StreamAsync(HttpContext context, ChatEngine engine, string? presence)
    {
        var most = engine.Options.Presence.People;
        if (presence is not null && !PeopleList.TryRead(presence, most, out _))
        {
            var errors = new FieldErrors();
            errors.Add(Presence, PeopleList.Rule(most));
            return Task.FromResult<IResult>(errors.Result());
        }

        return ServerSentEvents.StreamAsync(
            context, engine, SseWire.User, _ => new ValueTask<bool>(true), client => SubscribeAsync(client, presence));
    }

    private static async ValueTask SubscribeAsync(Client client, string? people)
    {
        await client.ListenForEventsAsync(new WireSubscription(SseWire.User, ""), default);
        if (people is not null) await client.WatchAsync(people, new WireSubscription(SseWire.User, Presence), default);
    }
}

using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.Protocols.Sse;

namespace Maru.Server.Realtime;

/// <summary>A user's own events as Server-Sent Events. They have no ids: each stream begins with the present state.</summary>
internal static class UserEventStream
{
    public static void MapUserEventStream(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/events", StreamAsync)
        .WithTags("Events").AsEventStream()
        .WithName("streamUserEvents")
        .WithSummary("Your own events as Server-Sent Events: the present state first, then what changes; a Last-Event-ID is ignored");

    private static Task<IResult> StreamAsync(HttpContext context, ChatEngine engine) => ServerSentEvents.StreamAsync(
        context, engine, SseWire.User,
        _ => new ValueTask<bool>(true),
        client => client.ListenForEventsAsync(new WireSubscription(SseWire.User, ""), default));
}

using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.Protocols.Sse;

namespace Maru.Server.Realtime;

/// <summary>
/// What changes in the list of public rooms, as Server-Sent Events. They have no ids: each stream begins with a word to read the list.
/// </summary>
internal static class PublicRoomEvents
{
    public static void MapPublicRoomEvents(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/rooms/events", StreamAsync)
        .WithTags("Rooms").AsEventStream()
        .WithName("streamRooms")
        .WithSummary("What changes in the list of public rooms from now on, as Server-Sent Events; a Last-Event-ID is ignored");

    private static Task<IResult> StreamAsync(HttpContext context, ChatEngine engine) => ServerSentEvents.StreamAsync(
        context, engine, SseWire.Room, _ => new ValueTask<bool>(true),
        client =>
        {
            client.WatchPublicRooms(new WireSubscription(SseWire.Room, ""), default);
            return default;
        });
}

using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.Protocols.Sse;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Realtime;

/// <summary>A room's log as Server-Sent Events.</summary>
internal static class RoomEvents
{
    private const string After = "after";
    private const string LastEventId = "Last-Event-ID";
    private const string LastEventIdInAddress = "lastEventId";      // so event-source-polyfill resumes

    public static void MapRoomEvents(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/rooms/{roomId:number}/events", StreamAsync)
        .WithTags("Messages").AsEventStream()
        .WithName("streamRoomEvents")
        .WithSummary("The room's log as Server-Sent Events: after a seq, or else from now on; Last-Event-ID resumes")
        .WithMetadata(
            new ApiParameter(After, "The seq of the last event that you have, or 0; absent: from now on.", ApiSchemas.Seq, 17),
            new ApiParameter(LastEventIdInAddress, "As `after`, which it overrides: some clients resume by it.", ApiSchemas.Seq, 17),
            new ApiParameter(
                LastEventId, "As `lastEventId`, which it overrides: a browser sends it when it connects again.", ApiSchemas.Seq, 17));

    private static Task<IResult> StreamAsync(
        long roomId, HttpContext context, ChatEngine engine, string? after,
        [FromHeader(Name = LastEventId)] string? lastEventId, [FromQuery(Name = LastEventIdInAddress)] string? lastEventIdInAddress)
    {
        var errors = new FieldErrors();
        var (value, name) = (lastEventId, lastEventIdInAddress) switch
        {
            ({ Length: > 0 }, _) => (lastEventId, LastEventId),
            (_, { Length: > 0 }) => (lastEventIdInAddress, LastEventIdInAddress),
            _ => (after, After),
        };
        var seq = SeqParameter.Read(value, name, errors);
        if (errors.Any) return Task.FromResult<IResult>(errors.Result());

        var room = new RoomId(roomId);
        return ServerSentEvents.StreamAsync(
            context, engine, SseWire.Room,
            async client =>
            {
                if (await client.EnterAsync(room, default) is not { } membership) return false;
                // The client may say something as soon as it has the status, which comes before the subscription.
                seq ??= membership.Room.Expected;
                return true;
            },
            client => client.SubscribeAsync(room, null, new WireSubscription(SseWire.Room, ""), seq, default));
    }
}

using Maru.Engine;
using Maru.Engine.Clients;
using Maru.Engine.Connections;
using Maru.Engine.Problems;
using Maru.Engine.Protocols.Sse;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Sockets;
using Maru.Server.Realtime.Sinks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Maru.Server.Realtime;

/// <summary>A room's log as Server-Sent Events: the sockets' own path, for clients that only read.</summary>
internal static class RoomEvents
{
    private const string After = "after";
    private const string LastEventId = "Last-Event-ID";

    /// <summary>Clients and the proxies before them may rely on a comment every 15 s.</summary>
    private static readonly KeepAlive Beat = new(SendEvery: 15_000, ExpectEvery: 0);

    public static void MapRoomEvents(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/rooms/{roomId:number}/events", StreamAsync)
        .WithTags("Messages").WithMetadata(new TokenInAddress()).RequireAuthorization()
        .WithName("streamRoomEvents")
        .WithSummary("The room's log as Server-Sent Events: after a seq, or else from now on; Last-Event-ID resumes")
        .WithMetadata(
            new ApiParameter(After, "The seq of the last event that you have, or 0; absent: from now on.", ApiSchemas.Seq, 17),
            new ApiParameter(LastEventId, "As `after`, which it overrides: a browser sends it when it connects again.", ApiSchemas.Seq, 17))
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
        .Refuses(Problem.TooManyConnections);

    private static async Task<IResult> StreamAsync(
        long roomId, HttpContext context, ChatEngine engine, string? after, [FromHeader(Name = LastEventId)] string? lastEventId)
    {
        var errors = new FieldErrors();
        var (value, name) = string.IsNullOrEmpty(lastEventId) ? (after, After) : (lastEventId, LastEventId);
        var seq = SeqParameter.Read(value, name, errors);
        if (errors.Any) return errors.Result();

        var sink = new StreamSink(context, engine.Options);
        var parts = engine.Clients;
        var connection = parts.Connect(sink, SseWire.Instance);
        connection.KeepAlive = Beat;
        var client = new Client(connection, parts);
        if (!engine.Connections.TryOpen(connection, Peer.SourceOf(context))) return NoRoom(context, engine);
        try
        {
            if (await client.SignInAsync(BearerHandler.TokenOf(context)) is { } refusal) return refusal.Problem.Result(refusal.Detail);
            var room = new RoomId(roomId);
            if (await client.EnterAsync(room, default) is null) return (connection.Refusal ?? Problem.ShuttingDown).Problem.Result();
            await BeginAsync(context, sink);
            if (HttpMethods.IsHead(context.Request.Method)) return Results.Empty;
            await client.SubscribeAsync(room, null, new WireSubscription(SseWire.Instance, ""), seq, default);
            await using var left = context.RequestAborted.Register(connection.Outbox.Abort);
            await connection.Outbox.EndedAsync();
            return Results.Empty;
        }
        finally
        {
            sink.Leave();       // first: this stream ends, the request's TCP connection goes on
            client.Leave();
        }
    }

    private static async Task BeginAsync(HttpContext context, StreamSink sink)
    {
        var response = context.Response;
        (response.ContentType, response.Headers.CacheControl) = ("text/event-stream", "no-store");
        response.Headers["X-Accel-Buffering"] = "no";   // nginx would hold events back
        // A client that reads slowly becomes a cursor here and is cut off by the engine's own time-out.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.StartAsync(context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        sink.Begin(response.Body);
    }

    private static IResult NoRoom(HttpContext context, ChatEngine engine)
    {
        context.Response.Headers.RetryAfter = WebSocketEndpoint.RetryAfter;
        return engine.NoRoom.Result();
    }
}

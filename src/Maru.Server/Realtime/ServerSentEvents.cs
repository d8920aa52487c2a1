using Maru.Engine;
using Maru.Engine.Clients;
using Maru.Engine.Connections;
using Maru.Engine.Problems;
using Maru.Engine.Protocols.Sse;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Sockets;
using Maru.Server.Realtime.Sinks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Maru.Server.Realtime;

/// <summary>Streams of Server-Sent Events: the sockets' own connections, for clients that only read.</summary>
internal static class ServerSentEvents
{
    public const string MediaType = "text/event-stream";

    /// <summary>
    /// Memory that the web server keeps for a request that lasts, beyond what counts for any connection: idle, all of it is 19.5 KB.
    /// </summary>
    private const int RequestBytes = 8 * 1024;

    /// <summary>Clients and the proxies before them may rely on a comment every 15 s.</summary>
    private static readonly KeepAlive Beat = new(SendEvery: 15_000, ExpectEvery: 0);

    /// <summary>Says of an endpoint what all streams have in common.</summary>
    public static RouteHandlerBuilder AsEventStream(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new TokenInAddress()).RequireAuthorization()
        .Produces<string>(StatusCodes.Status200OK, MediaType)
        .Refuses(Problem.TooManyConnections);

    /// <summary>Streams until the client leaves or the server ends the connection.</summary>
    /// <param name="context">the request</param>
    /// <param name="engine">the engine</param>
    /// <param name="wire">of the connection</param>
    /// <param name="enter">judges the client, who is signed in; false: they get the connection's refusal instead of a stream</param>
    /// <param name="subscribe">asks for the events, once the stream has begun</param>
    public static async Task<IResult> StreamAsync(
        HttpContext context, ChatEngine engine, SseWire wire, Func<Client, ValueTask<bool>> enter, Func<Client, ValueTask> subscribe)
    {
        var sink = new StreamSink(context, engine.Options);
        var connection = engine.Clients.Connect(sink, wire);
        connection.KeepAlive = Beat;
        var client = new Client(connection, engine.Clients);
        if (!engine.Connections.TryOpen(connection, Peer.SourceOf(context))) return await RefuseAsync(context, engine.NoRoom);
        connection.Memory.Take(RequestBytes);
        try
        {
            if (await client.SignInAsync(BearerHandler.TokenOf(context)) is { } refusal) return await RefuseAsync(context, refusal);
            if (!await enter(client)) return await RefuseAsync(context, connection.Refusal ?? Problem.ShuttingDown);
            await BeginAsync(context, SseWire.Beginning());
            if (HttpMethods.IsHead(context.Request.Method)) return Results.Empty;
            sink.Begin(context.Response.Body);
            await using var left = context.RequestAborted.Register(connection.Outbox.Abort);
            await subscribe(client);
            await connection.Outbox.EndedAsync();
            return Results.Empty;
        }
        finally
        {
            sink.Leave();       // first: this stream ends, the request's TCP connection goes on
            client.Leave();
            connection.Memory.Return(RequestBytes);
        }
    }

    private static async Task BeginAsync(HttpContext context, ReadOnlyMemory<byte> first)
    {
        var response = context.Response;
        // No proxy may keep, compress or gather it; nginx reads the second field.
        (response.ContentType, response.Headers.CacheControl) = (MediaType, "no-store, no-transform");
        response.Headers["X-Accel-Buffering"] = "no";
        // A client that reads slowly is bounded, and cut off by the engine's own time-out.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.StartAsync(context.RequestAborted);
        await response.Body.WriteAsync(first, context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>
    /// Refuses by a response of HTTP. An EventSource gives up for good at any status but 200 (HTML, 9.2.3), so it is told inside of a
    /// stream what passes by itself: it comes back, and finds this server again or another one.
    /// </summary>
    private static async Task<IResult> RefuseAsync(HttpContext context, Refusal refusal)
    {
        var (problem, response) = (refusal.Problem, context.Response);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable && IsEventSource(context.Request))
        {
            await BeginAsync(context, SseWire.Room.Farewell(refusal, default));
            return Results.Empty;
        }

        if (problem == Problem.TooManyConnections || problem == Problem.ShuttingDown)
            response.Headers.RetryAfter = WebSocketEndpoint.RetryAfter;
        return problem.Result(refusal.Detail);
    }

    private static bool IsEventSource(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(MediaType, StringComparison.OrdinalIgnoreCase);
}

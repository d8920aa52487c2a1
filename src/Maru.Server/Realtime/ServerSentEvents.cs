using Maru.Engine;
using Maru.Engine.Clients;
using Maru.Engine.Connections;
using Maru.Engine.Output;
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
    /// Memory that the web server keeps for a request that lasts, beyond what counts for any connection: idle, all of it is 20 KB.
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
    /// <param name="subscribe">asks for the events, once the stream has begun; it may not use the request</param>
    public static Task<IResult> StreamAsync(
        HttpContext context, ChatEngine engine, SseWire wire, Func<Client, ValueTask<bool>> enter, Func<Client, ValueTask> subscribe) =>
        HttpMethods.IsGet(context.Request.Method) && HttpPipe.Of(context) is { } pipe
            ? StreamPastHttpAsync(context, pipe, engine, wire, enter, subscribe)
            : StreamInHttpAsync(context, engine, wire, enter, subscribe);

    /// <summary>Over TLS and HTTP/2: the request lasts as long as the stream.</summary>
    private static async Task<IResult> StreamInHttpAsync(
        HttpContext context, ChatEngine engine, SseWire wire, Func<Client, ValueTask<bool>> enter, Func<Client, ValueTask> subscribe)
    {
        var sink = new StreamSink(context, engine.Options);
        var client = new Client(engine.Clients.Connect(sink, wire), engine.Clients);
        if (!engine.Connections.TryOpen(client.Connection, Peer.SourceOf(context))) return await RefuseAsync(context, engine.NoRoom);
        client.Connection.Memory.Take(RequestBytes);
        try
        {
            if (await RefusalAsync(context, client, enter) is { } refusal) return await RefuseAsync(context, refusal);
            await BeginAsync(context, SseWire.Beginning());
            if (HttpMethods.IsHead(context.Request.Method)) return Results.Empty;
            sink.Begin(context.Response.Body);
            await RunAsync(client, subscribe, context.RequestAborted);
            return Results.Empty;
        }
        finally
        {
            sink.Leave();       // first: this stream ends, the request's TCP connection goes on
            client.Leave();
            client.Connection.Memory.Return(RequestBytes);
        }
    }

    /// <summary>
    /// Over a plain connection of HTTP/1: the request ends when the stream has begun, and the connection goes on with the stream alone. An
    /// idle client holds no request, response or context.
    /// </summary>
    private static async Task<IResult> StreamPastHttpAsync(
        HttpContext context, HttpPipe pipe, ChatEngine engine, SseWire wire, Func<Client, ValueTask<bool>> enter,
        Func<Client, ValueTask> subscribe)
    {
        var sink = new BodySink(context, pipe.Output, engine.Options.SendBufferBytes);
        var client = new Client(engine.Clients.Connect(sink, wire), engine.Clients);
        if (!engine.Connections.TryOpen(client.Connection, Peer.SourceOf(context))) return await RefuseAsync(context, engine.NoRoom);
        var isTaken = false;
        try
        {
            if (await RefusalAsync(context, client, enter) is { } refusal) return await RefuseAsync(context, refusal);
            SetHeaders(context.Response);
            context.Response.Headers.Connection = "close";
            // Said here, so that the HTTP server leaves the chunks to the sink.
            if (HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.TransferEncoding = "chunked";
            await context.Response.StartAsync(context.RequestAborted);
            pipe.TakeOver(closed => GoOnAsync(client, sink, subscribe, closed));
            isTaken = true;
            return Results.Empty;
        }
        finally
        {
            if (!isTaken)
            {
                sink.Leave();
                client.Leave();
            }
        }
    }

    private static async Task GoOnAsync(Client client, BodySink sink, Func<Client, ValueTask> subscribe, CancellationToken closed)
    {
        try
        {
            sink.Begin();
            client.Connection.Add(SseWire.Beginning());
            await RunAsync(client, subscribe, closed);
            // Until all is sent, or it has waited for EngineOptions.CloseTimeout.
            if (sink.TryEnd()) await ClosedAsync(closed);
        }
        finally
        {
            client.Leave();
        }
    }

    private static async Task RunAsync(Client client, Func<Client, ValueTask> subscribe, CancellationToken left)
    {
        var outbox = client.Connection.Outbox;
        await using var leaving = left.UnsafeRegister(static outbox => ((Outbox)outbox!).Abort(), outbox);
        client.Connection.KeepAlive = Beat;
        await subscribe(client);
        await outbox.EndedAsync();
    }

    private static async Task ClosedAsync(CancellationToken closed)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var closing = closed.UnsafeRegister(static done => ((TaskCompletionSource)done!).SetResult(), done);
        await done.Task;
    }

    /// <summary>Signs the client in and lets them be judged; null: the stream may begin.</summary>
    private static async ValueTask<Refusal?> RefusalAsync(HttpContext context, Client client, Func<Client, ValueTask<bool>> enter)
    {
        if (await client.SignInAsync(BearerHandler.TokenOf(context)) is { } refusal) return refusal;
        return await enter(client) ? null : client.Connection.Refusal ?? Problem.ShuttingDown;
    }

    private static async Task BeginAsync(HttpContext context, ReadOnlyMemory<byte> first)
    {
        var response = context.Response;
        SetHeaders(response);
        // A client that reads slowly is bounded, and cut off by the engine's own time-out.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.StartAsync(context.RequestAborted);
        await response.Body.WriteAsync(first, context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>No proxy may keep, compress or gather it; nginx reads the second field.</summary>
    private static void SetHeaders(HttpResponse response)
    {
        (response.ContentType, response.Headers.CacheControl) = (MediaType, "no-store, no-transform");
        response.Headers["X-Accel-Buffering"] = "no";
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

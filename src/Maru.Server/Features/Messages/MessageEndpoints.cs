using System.Buffers;
using System.Text.Unicode;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Features.Messages;

/// <summary>The endpoints of a room's messages.</summary>
internal static class MessageEndpoints
{
    private const string KeyHeader = "Idempotency-Key";
    private const string Json = "application/json";

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        var messages = routes.MapGroup("/api/rooms/{roomId:number}/messages").WithTags("Messages").RequireAuthorization();
        messages.MapGet("/", HistoryAsync)
            .WithName("listMessages").WithSummary("Messages, oldest first: before or after a seq, else the newest")
            .Produces<MessagePage>();
        messages.MapGet("/{seq:number}", GetAsync).WithName("getMessage").WithSummary("One message").Produces<Message>();
        messages.MapPost("/", SendAsync).LimitBy(Limit.Messages)
            .WithName("sendMessage")
            .WithSummary("Send a message; 201 once it is durable. With an Idempotency-Key a retry gets 200 with the first message")
            .Accepts<NewMessage>(Json).Produces<Message>(StatusCodes.Status201Created).Produces<Message>()
            .Refuses(Problem.KeyReused, Problem.ReadOnly, Problem.SlowMode);
        messages.MapPatch("/{seq:number}", EditAsync)
            .WithName("editMessage").WithSummary("Change the text of your own message")
            .Accepts<MessageChange>(Json).Produces<Message>()
            .Refuses(Problem.Forbidden, Problem.ReadOnly, Problem.NotEditable);
        messages.MapDelete("/{seq:number}", DeleteAsync)
            .WithName("deleteMessage")
            .WithSummary("Delete your own message or, as the room's owner or admin, anybody's; its seq stays, without the text")
            .Produces(StatusCodes.Status204NoContent).Refuses(Problem.Forbidden, Problem.NotEditable);
    }

    private static async Task<IResult> HistoryAsync(
        long roomId, HistoryRequest request, Caller caller, MessageStore store, CancellationToken ct) =>
        request.Errors.Any ? request.Errors.Result() : Found(await store.HistoryAsync(new RoomId(roomId), caller.UserId, request, ct));

    private static async Task<IResult> GetAsync(long roomId, long seq, Caller caller, MessageStore store, CancellationToken ct) =>
        Found(await store.FindAsync(new RoomId(roomId), caller.UserId, seq, ct));

    private static async Task<IResult> SendAsync(
        long roomId,
        Caller caller,
        HttpContext context,
        [FromHeader(Name = KeyHeader)] string? idempotencyKey,
        EngineOptions options,
        MessageSends sends,
        MessageStore store,
        CancellationToken ct)
    {
        var room = new RoomId(roomId);
        var key = idempotencyKey is null ? null : HeaderText.Bytes(idempotencyKey);
        if (key is not null && (key.Length == 0 || key.Length > options.MaxClientKeyBytes || !Utf8.IsValid(key)))
            return Refused(
                new Refusal(Problem.Invalid, $"{KeyHeader} must have 1 to {options.MaxClientKeyBytes} bytes of UTF-8.", KeyHeader));
        if (!MessageBody.TryRead(await ReadAsync(context.Request, ct), options.MaxTextBytes, out var body, out var refused))
            return Refused(refused);

        var sent = await sends.SendAsync(room, caller.UserId, body, key, ct);
        if (sent.Refusal is { RetryAfter: > 0 } wait) return Problems.Later(context, wait);
        if (sent.Refusal is not null) return Refused(sent.Refusal);
        if (sent.IsRepeat) return Found(await store.FindAsync(room, caller.UserId, sent.Seq, ct));
        context.Response.Headers.Location = context.Link($"/api/rooms/{roomId}/messages/{sent.Seq}");
        return new WrittenJson(sent.Json, StatusCodes.Status201Created);
    }

    private static async Task<IResult> EditAsync(
        long roomId, long seq, Caller caller, HttpContext context, EngineOptions options, MessageChanges changes, MessageStore store,
        CancellationToken ct)
    {
        var room = new RoomId(roomId);
        if (!MessageBody.TryRead(await ReadAsync(context.Request, ct), options.MaxTextBytes, out var body, out var refused))
            return Refused(refused);
        if (await changes.EditAsync(room, caller.UserId, seq, body) is { } refusal) return refusal.Result();
        return Found(await store.FindAsync(room, caller.UserId, seq, ct));
    }

    private static async Task<IResult> DeleteAsync(long roomId, long seq, Caller caller, MessageChanges changes) =>
        await changes.DeleteAsync(new RoomId(roomId), caller.UserId, seq) is { } problem ? problem.Result() : TypedResults.NoContent();

    private static IResult Found(ReadOnlyMemory<byte>? json) =>
        json is { } bytes ? new WrittenJson(bytes, StatusCodes.Status200OK) : Problem.NotFound.Result();

    private static IResult Refused(Refusal refusal)
    {
        if (refusal is not { Field: { } field, Detail: { } detail }) return refusal.Problem.Result(refusal.Detail);
        var errors = new FieldErrors();
        errors.Add(field, detail);
        return errors.Result();
    }

    /// <summary>Reads the body; Kestrel limits its size.</summary>
    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasJsonContentType()) throw new BadHttpRequestException(Json, StatusCodes.Status415UnsupportedMediaType);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(ct);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}

using System.Buffers;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Features.Messages;

/// <summary>The endpoints of a room's messages.</summary>
internal static class MessageEndpoints
{
    private const string Json = "application/json";

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        var messages = routes.MapGroup("/api/rooms/{roomId:number}/messages").WithTags("Messages").RequireAuthorization();
        messages.MapGet("/", HistoryAsync)
            .WithName("listMessages").WithSummary("Messages, oldest first: before or after a seq, around a seq or a time, else the newest")
            .WithMetadata([.. Jump.Parameters])
            .Produces<MessagePage>();
        messages.MapGet("/{seq:number}", GetAsync).WithName("getMessage").WithSummary("One message").Produces<Message>();
        messages.MapGet("/{seq:number}/replies", RepliesAsync)
            .WithName("listReplies").WithSummary("The replies to a message, oldest first: before or after a seq, else the newest")
            .Produces<MessagePage>();
        messages.MapPost("/", SendAsync).LimitBy(Limit.Messages)
            .WithName("sendMessage")
            .WithSummary(
                "Send or forward a message; 201 once it is durable. With an Idempotency-Key a retry gets 200 with the first message")
            .Accepts<NewMessage>(Json).Produces<Message>(StatusCodes.Status201Created).Produces<Message>()
            .Refuses(Problem.KeyReused, Problem.ReadOnly, Problem.SlowMode, Problem.MayNotWrite, Problem.BlockedByYou);
        messages.MapPatch("/{seq:number}", EditAsync)
            .WithName("editMessage")
            .WithSummary("Change the text of your own message, unless it is a forward; where it has files, it may be emptied")
            .Accepts<MessageChange>(Json).Produces<Message>()
            .Refuses(Problem.Forbidden, Problem.ReadOnly, Problem.NotEditable, Problem.MayNotWrite, Problem.BlockedByYou);
        messages.MapDelete("/{seq:number}", DeleteAsync)
            .WithName("deleteMessage")
            .WithSummary("Delete your own message or, as the room's owner or admin, anybody's; its seq stays, without the text")
            .Produces(StatusCodes.Status204NoContent).Refuses(Problem.Forbidden, Problem.NotEditable);
    }

    private static async Task<IResult> HistoryAsync(
        long roomId, HistoryRequest request, Caller caller, HttpContext context, MessagePages pages, CancellationToken ct)
    {
        var (room, jump) = (new RoomId(roomId), Jump.Read(context.Request.Query, request));
        if (request.Errors.Any) return request.Errors.Result();
        return SendRequests.Found(jump is null
            ? await pages.HistoryAsync(room, caller.UserId, request, ct)
            : await pages.AroundAsync(room, caller.UserId, jump, request.Size, ct));
    }

    private static async Task<IResult> RepliesAsync(
        long roomId, long seq, HistoryRequest request, Caller caller, MessagePages pages, CancellationToken ct) =>
        request.Errors.Any
            ? request.Errors.Result()
            : SendRequests.Found(await pages.RepliesAsync(new RoomId(roomId), caller.UserId, seq, request, ct));

    private static async Task<IResult> GetAsync(long roomId, long seq, Caller caller, MessageStore store, CancellationToken ct) =>
        SendRequests.Found(await store.FindAsync(new RoomId(roomId), caller.UserId, seq, ct));

    private static async Task<IResult> SendAsync(
        long roomId,
        Caller caller,
        HttpContext context,
        [FromHeader(Name = SendRequests.KeyHeader)] string? idempotencyKey,
        EngineOptions options,
        MessageSends sends,
        MessageStore store,
        CancellationToken ct)
    {
        var room = new RoomId(roomId);
        if (!SendRequests.TryReadKey(idempotencyKey, options, out var key, out var result)) return result;
        if (!MessageBody.TryRead(await ReadAsync(context.Request, ct), options.MaxTextBytes, out var body, out var refused))
            return SendRequests.Refused(refused);

        var sent = await sends.SendAsync(room, caller.UserId, body, key, ct);
        return await sent.ToResultAsync(context, room, caller.UserId, store, ct);
    }

    private static async Task<IResult> EditAsync(
        long roomId, long seq, Caller caller, HttpContext context, EngineOptions options, MessageChanges changes, MessageStore store,
        CancellationToken ct)
    {
        var room = new RoomId(roomId);
        if (!MessageBody.TryReadEdit(await ReadAsync(context.Request, ct), options.MaxTextBytes, out var body, out var refused))
            return SendRequests.Refused(refused);
        if (await changes.EditAsync(room, caller.UserId, seq, body) is { } refusal) return SendRequests.Refused(refusal);
        return SendRequests.Found(await store.FindAsync(room, caller.UserId, seq, ct));
    }

    private static async Task<IResult> DeleteAsync(long roomId, long seq, Caller caller, MessageChanges changes) =>
        await changes.DeleteAsync(new RoomId(roomId), caller.UserId, seq) is { } problem ? problem.Result() : TypedResults.NoContent();

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

using System.Text;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Features.Scheduled;

/// <summary>The endpoints of scheduled messages.</summary>
internal static class ScheduledEndpoints
{
    private static readonly ApiParameter Id = new("scheduledId", "The id of a scheduled message of yours.", ApiSchemas.Id, 5);
    private static readonly ApiParameter Room = new("roomId", "Those of this room alone.", ApiSchemas.Id, 1);

    public static void MapScheduled(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/rooms/{roomId:number}/scheduled").WithTags("Messages").RequireAuthorization()
            .MapPost("/", ScheduleAsync).LimitBy(Limit.Messages)
            .WithName("scheduleMessage")
            .WithSummary("Schedule a message, which is sent once, at its time; with an Idempotency-Key a retry gets 200 with the first one")
            .Produces<ScheduledMessage>(StatusCodes.Status201Created).Produces<ScheduledMessage>()
            .Refuses(
                Problem.Invalid, Problem.TooLarge, Problem.KeyReused, Problem.ReadOnly, Problem.MayNotWrite, Problem.BlockedByYou,
                Problem.TooManyScheduled);
        var mine = routes.MapGroup("/api/me/scheduled").WithTags("Messages").RequireAuthorization();
        mine.MapGet("/", ListAsync).WithMetadata(Room)
            .WithName("listScheduled").WithSummary("Your scheduled messages, the earliest first, with those that failed");
        mine.MapGet("/{scheduledId:number}", GetAsync).WithMetadata(Id)
            .WithName("getScheduled").WithSummary("One of your scheduled messages");
        mine.MapPatch("/{scheduledId:number}", ChangeAsync).LimitBy(Limit.Messages).WithMetadata(Id)
            .WithName("changeScheduled").WithSummary("Change the text, the time or the files of a scheduled message that is not sent yet")
            .Refuses(Problem.TooLarge, Problem.Conflict);
        mine.MapDelete("/{scheduledId:number}", CancelAsync).LimitBy(Limit.Messages).WithMetadata(Id)
            .WithName("cancelScheduled").WithSummary("Cancel a scheduled message, or remove one that failed; 404: it was sent");
    }

    private static async Task<IResult> ScheduleAsync(
        long roomId,
        NewScheduled request,
        Caller caller,
        HttpContext context,
        [FromHeader(Name = SendRequests.KeyHeader)] string? idempotencyKey,
        EngineOptions engine,
        ScheduledChanges changes)
    {
        if (!SendRequests.TryReadKey(idempotencyKey, engine, out var key, out var refused)) return refused;
        var errors = new FieldErrors();
        var files = request.Files ?? [];
        var text = Encoding.UTF8.GetBytes(request.Text ?? "");
        errors.Add(files.Count > 0 ? TextRules.RefuseUnfinished(text, "text") : TextRules.Refuse(text, "text"));
        errors.Add(MessageBody.RefuseFiles(files));
        if (request.At is null) errors.Add("at", "When to send it.");
        if (request.ReplyTo is < 1) errors.Add("replyTo", "The seq of a message.");
        if (errors.Any || request.At is not { } at) return errors.Result();
        if (RefuseSize(request.Text, engine) is { } tooLarge) return tooLarge;
        var message = new ToSchedule(
            new RoomId(roomId), caller.UserId, request.Text ?? "", at.ToUnixTimeMilliseconds(), request.ReplyTo ?? 0,
            key is null ? null : Encoding.UTF8.GetString(key), files);
        var (row, isNew, refusal) = await changes.ScheduleAsync(message);
        if (row is null) return SendRequests.Refused(refusal ?? Problem.NotFound);
        return isNew
            ? TypedResults.Created(context.Link($"/api/me/scheduled/{row.Id}"), row.ToMessage())
            : TypedResults.Ok(row.ToMessage());
    }

    private static async Task<Results<Ok<ScheduledPage>, ProblemHttpResult>> ListAsync(
        string? roomId, Caller caller, PageRequest page, ScheduledLists lists, CancellationToken ct)
    {
        if (page.After is { NumericKey: null }) page.RefuseCursor();
        var room = roomId is null ? default(long?) : Number.TryRead(roomId, out var id) ? id : 0;
        if (room is < 1) page.Errors.Add("roomId", "The id of a room.");
        if (page.Errors.Any) return page.Errors.Result();
        return TypedResults.Ok(await lists.ListAsync(caller.UserId, room, page, ct));
    }

    private static async Task<Results<Ok<ScheduledMessage>, ProblemHttpResult>> GetAsync(
        long scheduledId, Caller caller, ScheduledLists lists, CancellationToken ct) =>
        await lists.FindAsync(caller.UserId, scheduledId, ct) is { } row ? TypedResults.Ok(row.ToMessage()) : Problem.NotFound.Result();

    private static async Task<Results<Ok<ScheduledMessage>, ProblemHttpResult>> ChangeAsync(
        long scheduledId, ScheduledChange request, Caller caller, EngineOptions engine, ScheduledChanges changes)
    {
        var errors = new FieldErrors();
        if (request.Version is null) errors.Add("version", "That of what you change.");
        if (request.Text is { } text) errors.Add(TextRules.RefuseUnfinished(Encoding.UTF8.GetBytes(text), "text"));
        if (request.Files is { } ids) errors.Add(MessageBody.RefuseFiles(ids));
        if (request is { Text: null, At: null, Files: null }) errors.Add("at", "A time, a text, or files.");
        if (errors.Any) return errors.Result();
        if (RefuseSize(request.Text, engine) is { } tooLarge) return tooLarge;
        var (row, refusal) = await changes.ChangeAsync(
            caller.UserId, scheduledId, request.Version ?? 0, request.Text, request.At?.ToUnixTimeMilliseconds(),
            request.Files is null ? null : new Attachments(request.Files, areForwarded: false));
        return row is null ? SendRequests.Refused(refusal ?? Problem.NotFound) : TypedResults.Ok(row.ToMessage());
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> CancelAsync(
        long scheduledId, Caller caller, ScheduledChanges changes) =>
        await changes.CancelAsync(caller.UserId, scheduledId) is { } problem ? problem.Result() : TypedResults.NoContent();

    private static ProblemHttpResult? RefuseSize(string? text, EngineOptions engine) =>
        TextRules.RefuseSize(Encoding.UTF8.GetByteCount(text ?? ""), "text", engine.MaxTextBytes) is { } tooLarge
            ? SendRequests.Refused(tooLarge)
            : null;
}

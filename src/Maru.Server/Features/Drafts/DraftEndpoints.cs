using System.Text;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Drafts;

/// <summary>The endpoints of drafts.</summary>
internal static class DraftEndpoints
{
    public static void MapDrafts(this IEndpointRouteBuilder routes)
    {
        var drafts = routes.MapGroup("/api/me/drafts").WithTags("Messages").RequireAuthorization();
        drafts.MapGet("/", ListAsync)
            .WithName("listDrafts").WithSummary("What you have begun to write, in all of the rooms that you are in, newest first");
        drafts.MapPut("/{roomId:number}", KeepAsync).LimitBy(Limit.Messages)
            .WithName("keepDraft").WithSummary("Keep what you have begun to write in a room, in place of what was there")
            .Produces(StatusCodes.Status204NoContent);
        drafts.MapDelete("/{roomId:number}", RemoveAsync).LimitBy(Limit.Messages)
            .WithName("removeDraft").WithSummary("Remove what you have begun to write in a room; a repeat changes nothing");
    }

    private static async Task<Results<Ok<DraftPage>, ProblemHttpResult>> ListAsync(
        Caller caller, PageRequest page, DraftStore store, CancellationToken ct)
    {
        var cursor = page.After is { } after ? MessageCursor.Read(after) : MessageCursor.Newest;
        if (cursor is null) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        return TypedResults.Ok(await store.ListAsync(caller.UserId, cursor!, page.Size, ct));
    }

    private static async Task<IResult> KeepAsync(
        long roomId, DraftChange change, Caller caller, EngineOptions options, DraftChanges changes)
    {
        var errors = new FieldErrors();
        if (change.Text is null) errors.Add("text", "What is written so far; empty: nothing.");
        var text = change.Text ?? "";
        var bytes = Encoding.UTF8.GetBytes(text);
        errors.Add(TextRules.RefuseUnfinished(bytes, "text"));
        if (change.ReplyTo is < 1) errors.Add("replyTo", "The seq of a message.");
        if (errors.Any) return errors.Result();
        if (TextRules.RefuseSize(bytes.Length, "text", options.MaxTextBytes) is { } tooLarge)
            return tooLarge.Problem.Result(tooLarge.Detail);
        var room = new RoomId(roomId);
        return Result(text.Length == 0
            ? await changes.RemoveAsync(room, caller.UserId)
            : await changes.KeepAsync(room, caller.UserId, text, change.ReplyTo ?? 0));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(long roomId, Caller caller, DraftChanges changes) =>
        await changes.RemoveAsync(new RoomId(roomId), caller.UserId) is { } problem ? problem.Result() : TypedResults.NoContent();

    private static IResult Result(Problem? problem) => problem is null ? TypedResults.NoContent() : problem.Result();
}

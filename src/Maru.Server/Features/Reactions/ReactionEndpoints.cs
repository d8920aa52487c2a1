using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Reactions;

/// <summary>The endpoints of the reactions to a message.</summary>
internal static class ReactionEndpoints
{
    private const string Name = "emoji";

    private static readonly ApiParameter Path =
        new(Name, "One emoji, percent-encoded; any spelling of it means the same.", ApiSchemas.Text, "👍");
    private static readonly ApiParameter Filter =
        new(Name, "Only reactions with this emoji; absent: all.", ApiSchemas.Text, "👍");

    public static void MapReactions(this IEndpointRouteBuilder routes)
    {
        var reactions = routes.MapGroup("/api/rooms/{roomId:number}/messages/{seq:number}/reactions")
            .WithTags("Messages").RequireAuthorization();
        reactions.MapGet("/", ListAsync)
            .WithName("listReactions").WithSummary("Who reacted to a message: emoji by emoji, the first ones first").WithMetadata(Filter);
        reactions.MapPut("/{emoji}", AddAsync).LimitBy(Limit.Messages)
            .WithName("addReaction").WithSummary("React to a message with an emoji; a repeat changes nothing").WithMetadata(Path)
            .Refuses(
                Problem.Invalid, Problem.NotEditable, Problem.TooManyEmoji, Problem.TooManyReactions, Problem.MayNotWrite,
                Problem.BlockedByYou);
        reactions.MapDelete("/{emoji}", RemoveAsync).LimitBy(Limit.Messages)
            .WithName("removeReaction").WithSummary("Take your reaction back; a repeat changes nothing").WithMetadata(Path)
            .Refuses(Problem.Invalid, Problem.NotEditable);
    }

    private static async Task<Results<Ok<GivenReactionPage>, ProblemHttpResult>> ListAsync(
        long roomId, long seq, Caller caller, PageRequest page, HttpContext context, ReactionStore store, CancellationToken ct)
    {
        var filter = context.Request.Query[Name] is { Count: > 0 } values ? Read(values.ToString(), page.Errors) : null;
        if (filter is not null && page.After is { } after && after.Key != filter) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        var list = await store.ListAsync(new RoomId(roomId), caller.UserId, seq, filter, page, ct);
        return list is null ? Problem.NotFound.Result() : TypedResults.Ok(list);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> AddAsync(
        long roomId, long seq, string emoji, Caller caller, ReactionChanges changes) =>
        ChangeAsync(emoji, known => changes.AddAsync(new RoomId(roomId), caller.UserId, seq, known));

    private static Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        long roomId, long seq, string emoji, Caller caller, ReactionChanges changes) =>
        ChangeAsync(emoji, known => changes.RemoveAsync(new RoomId(roomId), caller.UserId, seq, known));

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeAsync(string text, Func<string, Task<Problem?>> change)
    {
        var errors = new FieldErrors();
        if (Read(text, errors) is not { } emoji) return errors.Result();
        return await change(emoji) is { } problem ? problem.Result() : TypedResults.NoContent();
    }

    private static string? Read(string text, FieldErrors errors)
    {
        var emoji = Emoji.Normalize(text);
        if (emoji is null) errors.Add(Name, $"One emoji, of at most {Emoji.MaxBytes} bytes of UTF-8.");
        return emoji;
    }
}

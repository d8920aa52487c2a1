using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Stars;

/// <summary>The endpoints of stars.</summary>
internal static class StarEndpoints
{
    public static void MapStars(this IEndpointRouteBuilder routes)
    {
        var star = routes.MapGroup("/api/rooms/{roomId:number}/messages/{seq:number}/star").WithTags("Messages").RequireAuthorization();
        star.MapPut("/", AddAsync).LimitBy(Limit.Messages)
            .WithName("addStar").WithSummary("Star a message for yourself alone; a repeat changes nothing")
            .Refuses(Problem.TooManyStars);
        star.MapDelete("/", RemoveAsync).LimitBy(Limit.Messages)
            .WithName("removeStar").WithSummary("Take your star off a message; a repeat changes nothing");
        routes.MapGroup("/api/me/stars").WithTags("Messages").RequireAuthorization()
            .MapGet("/", ListAsync)
            .WithName("listStars").WithSummary("The messages that you have starred, in all of the rooms that you are in, newest star first")
            .Produces<StarPage>();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> AddAsync(
        long roomId, long seq, Caller caller, StarChanges changes) =>
        Result(await changes.AddAsync(new RoomId(roomId), caller.UserId, seq));

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        long roomId, long seq, Caller caller, StarChanges changes) =>
        Result(await changes.RemoveAsync(new RoomId(roomId), caller.UserId, seq));

    private static Results<NoContent, ProblemHttpResult> Result(Problem? problem) =>
        problem is null ? TypedResults.NoContent() : problem.Result();

    private static async Task<IResult> ListAsync(Caller caller, PageRequest page, StarStore store, CancellationToken ct)
    {
        var cursor = page.After is { } after ? MessageCursor.Read(after) : MessageCursor.Newest;
        if (cursor is null) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        return new WrittenJson(await store.ListAsync(caller.UserId, cursor!, page.Size, ct), StatusCodes.Status200OK);
    }
}

using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Pins;

/// <summary>The endpoints of a room's pinned messages.</summary>
internal static class PinEndpoints
{
    public static void MapPins(this IEndpointRouteBuilder routes)
    {
        var pins = routes.MapGroup("/api/rooms/{roomId:number}").WithTags("Messages").RequireAuthorization();
        pins.MapGet("/pins", ListAsync)
            .WithName("listPins").WithSummary("The pinned messages of a room, the newest pin first").Produces<PinList>();
        pins.MapPut("/messages/{seq:number}/pin", PinAsync).LimitBy(Limit.Messages)
            .WithName("pinMessage")
            .WithSummary("Pin a message, as the room's owner or admin or in a direct room; a repeat changes nothing")
            .Refuses(Problem.Forbidden, Problem.NotEditable, Problem.TooManyPins, Problem.MayNotWrite, Problem.BlockedByYou);
        pins.MapDelete("/messages/{seq:number}/pin", UnpinAsync).LimitBy(Limit.Messages)
            .WithName("unpinMessage").WithSummary("Unpin a message, whoever pinned it; a repeat changes nothing")
            .Refuses(Problem.Forbidden);
    }

    private static async Task<IResult> ListAsync(long roomId, Caller caller, PinStore store, CancellationToken ct) =>
        await store.ListAsync(new RoomId(roomId), caller.UserId, ct) is { } json
            ? new WrittenJson(json, StatusCodes.Status200OK)
            : Problem.NotFound.Result();

    private static async Task<Results<NoContent, ProblemHttpResult>> PinAsync(long roomId, long seq, Caller caller, PinChanges changes) =>
        Answer(await changes.PinAsync(new RoomId(roomId), caller.UserId, seq));

    private static async Task<Results<NoContent, ProblemHttpResult>> UnpinAsync(long roomId, long seq, Caller caller, PinChanges changes) =>
        Answer(await changes.UnpinAsync(new RoomId(roomId), caller.UserId, seq));

    private static Results<NoContent, ProblemHttpResult> Answer(Problem? problem) =>
        problem is null ? TypedResults.NoContent() : problem.Result();
}

using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Blocks;

/// <summary>The endpoints of blocks.</summary>
internal static class BlockEndpoints
{
    public static void MapBlocks(this IEndpointRouteBuilder routes)
    {
        var blocks = routes.MapGroup("/api/blocks").WithTags("Contacts").RequireAuthorization();
        blocks.MapGet("/", ListAsync).WithName("listBlocks").WithSummary("The people whom you block");
        blocks.MapPut("/{userId:number}", BlockAsync).LimitBy(Limit.Messages)
            .WithName("addBlock").WithSummary("Block somebody, who cannot tell; a repeat changes nothing")
            .Refuses(Problem.Invalid, Problem.NotFound, Problem.TooManyBlocks);
        blocks.MapDelete("/{userId:number}", LiftAsync).LimitBy(Limit.Messages)
            .WithName("removeBlock").WithSummary("Lift a block; a repeat changes nothing");
    }

    private static async Task<Results<Ok<BlockPage>, ProblemHttpResult>> ListAsync(
        Caller caller, PageRequest page, BlockStore store, CancellationToken ct) =>
        page.Errors.Any ? page.Errors.Result() : TypedResults.Ok(await store.PageAsync(caller.UserId, page, ct));

    private static async Task<Results<NoContent, ProblemHttpResult>> BlockAsync(
        long userId, Caller caller, BlockChanges changes, CancellationToken ct)
    {
        var errors = new FieldErrors();
        if (userId == caller.UserId.Value) errors.Add("userId", "Someone else.");
        if (errors.Any) return errors.Result();
        return Result(await changes.BlockAsync(caller.UserId, new UserId(userId), ct));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> LiftAsync(
        long userId, Caller caller, BlockChanges changes, CancellationToken ct) =>
        Result(await changes.LiftAsync(caller.UserId, new UserId(userId), ct));

    private static Results<NoContent, ProblemHttpResult> Result(Problem? problem) =>
        problem is null ? TypedResults.NoContent() : problem.Result();
}

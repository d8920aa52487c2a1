using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.ReadState;

/// <summary>The endpoints of read positions.</summary>
internal static class ReadStateEndpoints
{
    private const int RoomsAtOnce = 500;

    public static void MapReadState(this IEndpointRouteBuilder routes)
    {
        var room = routes.MapGroup("/api/rooms/{roomId:number}").WithTags("Read state").RequireAuthorization();
        room.MapPut("/read", ReadAsync)
            .WithName("markRead")
            .WithSummary("Say how far you have read; 204 once it is durable. It never moves back, but with unread: true")
            .Produces(StatusCodes.Status204NoContent);
        room.MapGet("/read", FindAsync).WithName("getReadState").WithSummary("How far you have read in a room, and what is unread");
        room.MapGet("/messages/{seq:number}/readers", ReadersAsync)
            .WithName("listReaders")
            .WithSummary("Who has read a message: members but its sender who joined before it and whose position is at or behind it");
        var me = routes.MapGroup("/api/me").WithTags("Read state").RequireAuthorization();
        me.MapGet("/unread", UnreadAsync).WithName("getUnread").WithSummary("What you have not read, in all of your rooms together");
        me.MapPut("/read", ReadAllAsync)
            .WithName("markAllRead").WithSummary("Say that you have read everything in all of your rooms")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ReadAsync(
        long roomId, ReadRequest request, Caller caller, ReadPositions positions, HttpContext context)
    {
        var errors = new FieldErrors();
        if (request.Seq is not >= 0) errors.Add("seq", "The seq of an entry of the room, or 0.");
        if (errors.Any) return errors.Result();
        var mark = new ReadMark(request.Seq!.Value, request.Unread);
        return Result(await positions.MoveAsync(new RoomId(roomId), caller.UserId, mark), context);
    }

    private static async Task<Results<Ok<RoomReadState>, ProblemHttpResult>> FindAsync(
        long roomId, Caller caller, ReadStateStore store, CancellationToken ct) =>
        await store.FindAsync(new RoomId(roomId), caller.UserId, ct) is { } state ? TypedResults.Ok(state) : Problem.NotFound.Result();

    private static async Task<IResult> ReadAllAsync(
        Caller caller, ReadStateStore store, ReadPositions positions, HttpContext context, CancellationToken ct)
    {
        foreach (var rooms in (await store.ListBehindAsync(caller.UserId, ct)).Chunk(RoomsAtOnce))
        {
            var moves = await Task.WhenAll(
                rooms.Select(x => positions.MoveAsync(x.Room, caller.UserId, new ReadMark(x.LastSeq, IsBack: false))));
            // Of a room that one has left meanwhile there is nothing to read.
            if (moves.FirstOrDefault(x => x is not null && x != Problem.NotFound) is { } problem) return Result(problem, context);
        }

        return TypedResults.NoContent();
    }

    private static IResult Result(Problem? problem, HttpContext context) =>
        problem is null ? TypedResults.NoContent()
        : problem == Problem.RateLimited ? Problems.Busy(context)
        : problem.Result();

    private static async Task<Ok<UnreadTotal>> UnreadAsync(Caller caller, ReadStateStore store, CancellationToken ct) =>
        TypedResults.Ok(await store.TotalAsync(caller.UserId, ct));

    private static async Task<Results<Ok<ReaderPage>, ProblemHttpResult>> ReadersAsync(
        long roomId, long seq, Caller caller, PageRequest page, ReadStateStore store, CancellationToken ct)
    {
        if (page.After is { NumericKey: null }) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        var readers = await store.ReadersAsync(new RoomId(roomId), caller.UserId, seq, page, ct);
        return readers is null ? Problem.NotFound.Result() : TypedResults.Ok(readers);
    }
}

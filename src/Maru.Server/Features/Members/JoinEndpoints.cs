using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Members;

/// <summary>The endpoints to join a room and to leave it.</summary>
internal static class JoinEndpoints
{
    public static void MapJoin(this IEndpointRouteBuilder routes)
    {
        var room = routes.MapGroup("/api/rooms/{roomId:number}").WithTags("Rooms").RequireAuthorization();
        room.MapPost("/join", JoinAsync)
            .WithName("joinRoom").WithSummary("Join a public room")
            .Refuses(Problem.WrongRoomPassword, Problem.Banned, Problem.TooManyRooms, Problem.RoomFull, Problem.Guest);
        room.MapPost("/leave", LeaveAsync)
            .WithName("leaveRoom").WithSummary("Leave a room; the owner hands over first, and the last one takes the room along")
            .Refuses(Problem.OwnerMustHandOver, Problem.DirectRoom);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> JoinAsync(
        long roomId, JoinRequest? request, Caller caller, HttpContext context, RoomPasswords passwords, RoomBounds bounds,
        RoomStore store, Memberships memberships, CancellationToken ct)
    {
        var id = new RoomId(roomId);
        if (await store.FindAsync(id, caller.UserId, ct) is not { } room) return Problem.NotFound.Result();
        if (room.IsMember) return TypedResults.NoContent();
        if (room.PasswordHash is { } hash && await passwords.CheckAsync(id, hash, request?.Password, caller.UserId, context) is { } refusal)
            return refusal;
        using var turn = await bounds.TakeTurnAsync(caller.UserId, ct);
        if (!turn.IsAcquired) return Problems.Busy(context);
        return (await memberships.JoinAsync(id, caller.UserId, room.PasswordHash)).ToResult();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> LeaveAsync(long roomId, Caller caller, Memberships memberships) =>
        (await memberships.LeaveAsync(new RoomId(roomId), caller.UserId)).ToResult();
}

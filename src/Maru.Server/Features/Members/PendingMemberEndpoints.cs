using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Members;

/// <summary>The endpoints of the caller's invitations to group rooms, for those who want to be asked first.</summary>
internal static class PendingMemberEndpoints
{
    public static void MapMyInvitations(this IEndpointRouteBuilder routes)
    {
        var invitations = routes.MapGroup("/api/me/invitations").WithTags("Rooms").RequireAuthorization();
        invitations.MapGet("/", ListAsync)
            .WithName("listMyInvitations").WithSummary("The rooms into which people would bring you, who wait for your consent");
        invitations.MapPost("/{roomId:number}/accept", AcceptAsync)
            .WithName("acceptMyInvitation").WithSummary("Accept an invitation: you are a member of the room from now on")
            .Refuses(Problem.TooManyRooms, Problem.RoomFull);
        invitations.MapDelete("/{roomId:number}", DeclineAsync)
            .WithName("declineMyInvitation")
            .WithSummary("Decline an invitation; for 30 days only the room's owner and admins may repeat it, once");
    }

    private static async Task<Results<Ok<RoomInvitationPage>, ProblemHttpResult>> ListAsync(
        Caller caller, PageRequest page, PendingMembers invitations, CancellationToken ct) =>
        page.Errors.Any ? page.Errors.Result() : TypedResults.Ok(await invitations.PageAsync(caller.UserId, page, ct));

    private static async Task<Results<Ok<Room>, ProblemHttpResult>> AcceptAsync(
        long roomId, Caller caller, HttpContext context, RoomBounds bounds, RoomStore store, Memberships memberships, CancellationToken ct)
    {
        var id = new RoomId(roomId);
        using var turn = await bounds.TakeTurnAsync(caller.UserId, ct);
        if (!turn.IsAcquired) return Problems.Busy(context);
        if (await memberships.AcceptAsync(id, caller.UserId) is { } problem) return problem.Result();
        return await store.FindAsync(id, caller.UserId, ct) is { } room ? TypedResults.Ok(room.ToRoom()) : Problem.NotFound.Result();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeclineAsync(long roomId, Caller caller, Memberships memberships) =>
        (await memberships.DeclineAsync(new RoomId(roomId), caller.UserId)).ToResult();
}

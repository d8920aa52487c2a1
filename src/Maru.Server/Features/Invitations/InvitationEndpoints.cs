using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Rooms;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Invitations;

/// <summary>The endpoints of invitation links.</summary>
internal static class InvitationEndpoints
{
    private const long MostSeconds = 365 * 24 * 60 * 60;
    private const long MostUses = 100_000;

    private static readonly ApiParameter Code = new("code", "The code of an invitation.", ApiSchemas.Text, "b1JkQ2x0V0tqNnhQd3pZbUR0");

    public static void MapInvitations(this IEndpointRouteBuilder routes)
    {
        var room = routes.MapGroup("/api/rooms/{roomId:number}/invitations").WithTags("Members").RequireAuthorization();
        room.MapGet("/", ListAsync)
            .WithName("listInvitations").WithSummary("The invitation links of a room: all for its owner and admins, your own for members")
            .Refuses(Problem.DirectRoom);
        room.MapPost("/", MakeAsync).RefuseGuests().LimitBy(Limit.Messages).Audits(SecurityKind.Invitation)
            .WithName("makeInvitation")
            .WithSummary("Make a link that lets people in, past the room's password: by those who may bring people in")
            .Refuses(Problem.Forbidden, Problem.DirectRoom, Problem.TooManyInvitations, Problem.Guest);
        routes.MapGet("/api/invitations/{code}", ViewAsync).WithMetadata(Code)
            .WithTags("Members").WithName("viewInvitation").WithSummary("The room that an invitation leads to, for whoever has its code");
        var one = routes.MapGroup("/api/invitations/{code}").WithTags("Members").RequireAuthorization().WithMetadata(Code);
        one.MapDelete("/", RevokeAsync).LimitBy(Limit.Messages).Audits(SecurityKind.InvitationEnd)
            .WithName("revokeInvitation").WithSummary("Revoke an invitation, as its maker or as the room's owner or admin");
        one.MapPost("/accept", AcceptAsync)
            .WithName("acceptInvitation").WithSummary("Come into the room; a member is in already, and takes no use")
            .Refuses(Problem.TooManyRooms, Problem.RoomFull);
    }

    private static async Task<Results<Ok<InvitationPage>, ProblemHttpResult>> ListAsync(
        long roomId, Caller caller, HttpContext context, PageRequest page, InvitationStore store, RoomStore rooms, CancellationToken ct)
    {
        if (page.Errors.Any) return page.Errors.Result();
        var invitations = await store.PageAsync(new RoomId(roomId), caller.UserId, page, code => LinkOf(context, code), ct);
        if (invitations.Items.Count == 0
            && RoomRow.Refuse(await rooms.FindAsync(new RoomId(roomId), caller.UserId, ct), Roles.Member) is { } problem)
            return problem.Result();
        return TypedResults.Ok(invitations);
    }

    private static async Task<Results<Created<InvitationLink>, ProblemHttpResult>> MakeAsync(
        long roomId, NewInvitationLink? request, Caller caller, HttpContext context, InvitationChanges changes)
    {
        var errors = new FieldErrors();
        var wanted = request ?? new NewInvitationLink();
        if (wanted.ExpiresIn is < 1 or > MostSeconds) errors.Add("expiresIn", $"1 to {MostSeconds} seconds.");
        if (wanted.MaxUses is < 1 or > MostUses) errors.Add("maxUses", $"1 to {MostUses}.");
        if (errors.Any) return errors.Result();
        var (made, problem) = await changes.MakeAsync(new RoomId(roomId), caller.UserId, wanted);
        if (made is null) return (problem ?? Problem.NotFound).Result();
        var maker = new User(made.Maker.Id, made.Maker.Handle, made.Maker.Name, made.Maker.AvatarUrl);
        var link = new InvitationLink(
            made.Code, LinkOf(context, made.Code), 0, maker, DateTimeOffset.FromUnixTimeMilliseconds(made.At),
            InvitationStore.Time(made.ExpiresAt), wanted.MaxUses);
        return TypedResults.Created(context.Link($"/api/invitations/{made.Code}"), link);
    }

    private static async Task<Results<Ok<InvitationView>, ProblemHttpResult>> ViewAsync(
        string code, Caller? caller, HttpContext context, InvitationGuesses guesses, InvitationStore store, CancellationToken ct)
    {
        var (view, refusal) = await guesses.TryAsync(context, () => InvitationCode.IsCode(code)
            ? store.ViewAsync(code, caller?.UserId, ct) : Task.FromResult<InvitationView?>(null));
        if (refusal is not null) return refusal;
        return view is null ? Problem.NotFound.Result() : TypedResults.Ok(view);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string code, Caller caller, InvitationChanges changes, CancellationToken ct) =>
        (InvitationCode.IsCode(code) ? await changes.RevokeAsync(code, caller.UserId, ct) : Problem.NotFound).ToResult();

    private static async Task<Results<Ok<Room>, ProblemHttpResult>> AcceptAsync(
        string code, Caller caller, HttpContext context, InvitationGuesses guesses, InvitationChanges changes, RoomBounds bounds,
        RoomStore rooms, CancellationToken ct)
    {
        using var turn = await bounds.TakeTurnAsync(caller.UserId, ct);
        if (!turn.IsAcquired) return Problems.Busy(context);
        Problem? problem = null;
        var (room, refusal) = await guesses.TryAsync(context, async () =>
        {
            if (!InvitationCode.IsCode(code)) return null;
            (var id, problem) = await changes.AcceptAsync(code, caller.UserId, ct);
            return problem == Problem.NotFound ? null : await rooms.FindAsync(id, caller.UserId, ct);
        });
        if (refusal is not null) return refusal;
        if (problem is not null) return problem.Result();
        return room is { IsMember: true } ? TypedResults.Ok(room.ToRoom()) : Problem.NotFound.Result();
    }

    /// <summary>Returns the address that people share: of the server as its maker reached it.</summary>
    private static string LinkOf(HttpContext context, string code) =>
        $"{context.Request.Scheme}://{context.Request.Host}{context.Link($"/#/invite/{code}")}";
}

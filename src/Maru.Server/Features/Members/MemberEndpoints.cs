using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Members;

/// <summary>The endpoints of a room's members, bans and owner.</summary>
internal static class MemberEndpoints
{
    public static void MapRoomMembers(this IEndpointRouteBuilder routes)
    {
        var members = routes.MapGroup("/api/rooms/{roomId:number}/members").WithTags("Members").RequireAuthorization();
        members.MapGet("/", ListAsync).WithName("listMembers").WithSummary("The members of a room of yours");
        members.MapPost("/", InviteAsync).RefuseGuests()
            .WithName("inviteMembers")
            .WithSummary("Bring people in: every member into an open room, its owner and admins into one that is private or has a password")
            .Refuses(
                Problem.Forbidden, Problem.DirectRoom, Problem.TooManyRooms, Problem.RoomFull, Problem.TooManyPending, Problem.Guest);
        members.MapPatch("/{userId:number}", ChangeRoleAsync).Audits(SecurityKind.RoleChange)
            .WithName("changeRole")
            .WithSummary("Give a member another role, as the owner; with owner you hand the room over and become admin")
            .Refuses(Problem.Forbidden, Problem.OwnerMustHandOver, Problem.DirectRoom, Problem.Guest);
        members.MapDelete("/{userId:number}", RemoveAsync).Audits(SecurityKind.MemberRemoval)
            .WithName("removeMember").WithSummary("Remove a member who ranks below you; with ban=true for good")
            .WithMetadata(new ApiParameter("ban", "Ban the user, a member or not, until the ban is lifted.", ApiSchemas.Flag, true))
            .Refuses(Problem.Forbidden, Problem.DirectRoom, Problem.TooManyBans);
        routes.MapPost("/api/rooms/{roomId:number}/owner", FollowAsync).Audits(SecurityKind.RoleChange)
            .WithTags("Members").RequireAuthorization()
            .WithName("followOwner")
            .WithSummary("Follow an owner who was not there for long, as the room's admin: you, or a member whom you name, own the room")
            .Refuses(Problem.Forbidden, Problem.DirectRoom, Problem.OwnerPresent, Problem.Guest);
    }

    public static void MapBans(this IEndpointRouteBuilder routes)
    {
        var bans = routes.MapGroup("/api/rooms/{roomId:number}/bans").WithTags("Members").RequireAuthorization()
            .Refuses(Problem.Forbidden, Problem.DirectRoom);
        bans.MapGet("/", ListBansAsync).WithName("listBans").WithSummary("The bans of a room, as its owner or admin");
        bans.MapPut("/{userId:number}", BanAsync).Audits(SecurityKind.MemberRemoval)
            .WithName("banUser").WithSummary("Ban a user who ranks below you, a member or not; a member is out at once")
            .Refuses(Problem.TooManyBans);
        bans.MapDelete("/{userId:number}", LiftBanAsync).Audits(SecurityKind.BanLift).WithName("liftBan").WithSummary("Lift a ban");
    }

    private static async Task<Results<Ok<MemberPage>, ProblemHttpResult>> ListAsync(
        long roomId, Caller caller, PageRequest page, RoomStore store, MemberLists lists, CancellationToken ct)
    {
        if (page.Errors.Any) return page.Errors.Result();
        var members = await lists.MembersAsync(new RoomId(roomId), caller.UserId, page, ct);
        if (members.Items.Count == 0 && await store.FindAsync(new RoomId(roomId), caller.UserId, ct) is not { IsMember: true })
            return Problem.NotFound.Result();
        return TypedResults.Ok(members);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> InviteAsync(
        long roomId, Invitation request, Caller caller, HttpContext context, RoomOptions options, RoomLimits limits,
        Memberships memberships)
    {
        var errors = new FieldErrors();
        var rules = new RoomRules(errors, options);
        var users = rules.Users("userIds", request.UserIds);
        if (users.Count == 0) errors.Add("userIds", "At least one user.");
        if (errors.Any) return errors.Result();
        if (limits.TakeInvitations(context, caller.UserId, users.Count) is { } tooMany) return tooMany;
        var (problem, unknown) = await memberships.InviteAsync(new RoomId(roomId), caller.UserId, users);
        if (unknown.Count == 0) return problem.ToResult();
        rules.Unknown("userIds", unknown);
        return errors.Result();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeRoleAsync(
        long roomId, long userId, RoleChange request, Caller caller, HttpContext context, RoomOptions options, Memberships memberships)
    {
        var errors = new FieldErrors();
        var role = new RoomRules(errors, options).Role(request.Role);
        if (errors.Any) return errors.Result();
        SecurityNote.Of(context).Detail = role;
        return (await memberships.ChangeRoleAsync(new RoomId(roomId), caller.UserId, new UserId(userId), role)).ToResult();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        long roomId, long userId, Caller caller, HttpContext context, Memberships memberships, string? ban)
    {
        var errors = new FieldErrors();
        var isBan = QueryFlag.Read(ban, "ban", errors);
        if (errors.Any) return errors.Result();
        SecurityNote.Of(context).Detail = isBan ? "ban" : "kick";
        return (await memberships.RemoveAsync(new RoomId(roomId), caller.UserId, new UserId(userId), isBan ? new BanRequest() : null))
            .ToResult();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> FollowAsync(
        long roomId, OwnerChange? request, Caller caller, HttpContext context, Succession succession)
    {
        var user = request?.UserId is { } id ? new UserId(id) : caller.UserId;
        var note = SecurityNote.Of(context);
        (note.Subject, note.Detail) = (user.Value, "owner gone");
        return (await succession.FollowAsync(new RoomId(roomId), caller.UserId, user)).ToResult();
    }

    private static async Task<Results<Ok<BanPage>, ProblemHttpResult>> ListBansAsync(
        long roomId, Caller caller, PageRequest page, RoomStore store, MemberLists lists, CancellationToken ct)
    {
        if (page.Errors.Any) return page.Errors.Result();
        var bans = await lists.BansAsync(new RoomId(roomId), caller.UserId, page, ct);
        if (bans.Items.Count > 0) return TypedResults.Ok(bans);
        return await store.FindAsync(new RoomId(roomId), caller.UserId, ct) switch
        {
            { IsLed: true } => TypedResults.Ok(bans),
            { IsMember: true } => Problem.Forbidden.Result(),
            _ => Problem.NotFound.Result(),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> BanAsync(
        long roomId, long userId, BanRequest? request, Caller caller, HttpContext context, RoomOptions options, Memberships memberships)
    {
        var errors = new FieldErrors();
        var ban = new BanRequest(new RoomRules(errors, options).Reason(request?.Reason));
        if (errors.Any) return errors.Result();
        SecurityNote.Of(context).Detail = "ban";
        return (await memberships.RemoveAsync(new RoomId(roomId), caller.UserId, new UserId(userId), ban)).ToResult();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> LiftBanAsync(
        long roomId, long userId, Caller caller, Memberships memberships) =>
        (await memberships.LiftBanAsync(new RoomId(roomId), caller.UserId, new UserId(userId))).ToResult();
}

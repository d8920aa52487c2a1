using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Rooms;

/// <summary>The endpoints to read, change and delete a room.</summary>
internal static class RoomEndpoints
{
    public static void MapOneRoom(this IEndpointRouteBuilder routes)
    {
        var room = routes.MapGroup("/api/rooms/{roomId:number}").WithTags("Rooms").RequireAuthorization();
        room.MapGet("/", GetAsync).WithName("getRoom").WithSummary("A public room, or one of yours");
        room.MapPatch("/", ChangeAsync)
            .WithName("changeRoom")
            .WithSummary("Change a room, as its owner or admin: absent fields stay, a null password, topic or picture is removed")
            .Refuses(Problem.Forbidden, Problem.DirectRoom);
        room.MapDelete("/", DeleteAsync).Audits(SecurityKind.RoomDeletion)
            .WithName("deleteRoom").WithSummary("Delete a room, as its owner")
            .Refuses(Problem.Forbidden, Problem.DirectRoom);
    }

    /// <summary>Returns the response of a request without content: 204, or the problem.</summary>
    public static Results<NoContent, ProblemHttpResult> ToResult(this Problem? problem) =>
        problem is null ? TypedResults.NoContent() : problem.Result();

    private static async Task<Results<Ok<Room>, ProblemHttpResult>> GetAsync(
        long roomId, Caller caller, RoomStore store, CancellationToken ct) =>
        await store.FindAsync(new RoomId(roomId), caller.UserId, ct) is { } room
            ? TypedResults.Ok(room.ToRoom()) : Problem.NotFound.Result();

    private static async Task<Results<Ok<Room>, ProblemHttpResult>> ChangeAsync(
        long roomId, RoomChange request, Caller caller, HttpContext context, RoomOptions options, RoomPasswords passwords, RoomStore store,
        RoomChanges changes, OwnPictures pictures, CancellationToken ct)
    {
        var errors = new FieldErrors();
        var rules = new RoomRules(errors, options);
        if (request.Name is not null) request.Name = rules.Name(request.Name);
        if (request.Description is not null) request.Description = rules.Description(request.Description);
        if (request.Visibility is not null) rules.Visibility(request.Visibility);
        if (request.Topic is not null) request.Topic = rules.Topic(request.Topic);
        if (request.AvatarUrl is not null) request.AvatarUrl = rules.AvatarUrl(request.AvatarUrl);
        if (request.SlowMode is { } slowMode) rules.SlowMode(slowMode);
        if (request.History is not null) rules.History(request.History);
        var password = rules.Password(request.Password);

        // Refused before the fields' faults and the hash, which are for users who may change the room. The write asks once more.
        var id = new RoomId(roomId);
        var before = await store.FindAsync(id, caller.UserId, ct);
        if (RoomRow.Refuse(before, Roles.Admin) is { } problem) return problem.Result();
        await pictures.CheckAsync(errors, request.AvatarUrl, caller.UserId, ct);
        if (errors.Any) return errors.Result();
        var (hash, refusal) = await passwords.HashAsync(password, caller.UserId, context, before?.PasswordHash);
        if (refusal is not null) return refusal;
        var newPassword = request.ChangesPassword ? new NewPassword(hash) : null;
        if (await changes.ChangeAsync(id, caller.UserId, request, newPassword) is { } late) return late.Result();
        return await store.FindAsync(id, caller.UserId, ct) is { } changed ? TypedResults.Ok(changed.ToRoom()) : Problem.NotFound.Result();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(long roomId, Caller caller, RoomChanges changes) =>
        (await changes.DeleteAsync(new RoomId(roomId), caller.UserId)).ToResult();
}

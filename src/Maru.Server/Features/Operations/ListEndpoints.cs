using System.Globalization;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Text;
using Maru.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Operations;

/// <summary>The endpoints about the server's users and rooms.</summary>
internal static class ListEndpoints
{
    private static readonly ApiParameter UserQuery = new(
        "query", "What the handle begins with, or # and the number that the log has; absent: all.", ApiSchemas.Text, "be");
    private static readonly ApiParameter RoomQuery = new(
        "query", "Text that the name contains, in any case, or # and the number that the log has; absent: all.", ApiSchemas.Text,
        "har");

    public static void MapLists(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/users", UsersAsync).WithName("listAllUsers").WithMetadata(UserQuery)
            .WithSummary("All users, also the deleted ones, by handle").Refuses(Problem.Forbidden);
        admin.MapDelete("/users/{userId:number}/sessions", EndSessionsAsync).LimitBy(Limit.Messages).Audits(SecurityKind.SignOut)
            .WithName("endUserSessions").WithSummary("End all sessions of a user: their tokens are dead at once, their sockets close")
            .Refuses(Problem.Forbidden);
        admin.MapPut("/users/{userId:number}/role", ChangeRoleAsync).LimitBy(Limit.Messages).Audits(SecurityKind.RoleChange)
            .WithName("changeSiteRole").WithSummary("Make somebody else an admin of the whole server, or a user like all others")
            .Refuses(Problem.Forbidden, Problem.Conflict);
        admin.MapGet("/rooms", RoomsAsync).WithName("listAllRooms").WithMetadata(RoomQuery)
            .WithSummary("All rooms, also private ones, the newest first; nothing of what is said in them").Refuses(Problem.Forbidden);
    }

    private static async Task<Results<Ok<AdminUserPage>, ProblemHttpResult>> UsersAsync(
        PageRequest page, string? query, AdminUsers users, CancellationToken ct)
    {
        if (page.After is { Id: not 0 }) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        return TypedResults.Ok(
            Number(query) is { } id ? await users.FindAsync(id, ct) : await users.PageAsync(TextPolicy.SignInName(query ?? ""), page, ct));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndSessionsAsync(
        long userId, AdminUsers users, CancellationToken ct) =>
        await users.EndSessionsAsync(new UserId(userId), ct) ? TypedResults.NoContent() : Problem.NotFound.Result();

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeRoleAsync(
        long userId, SiteRoleChange request, Caller caller, HttpContext context, AdminUsers users, CancellationToken ct)
    {
        var errors = new FieldErrors();
        if (request.Role is not ("user" or "admin")) errors.Add("role", "user or admin.");
        if (errors.Any || request.Role is not { } role) return errors.Result();
        if (userId == caller.UserId.Value)
            return Problem.Conflict.Result("Nobody changes their own role: another admin does, or the operator.");
        SecurityNote.Of(context).Detail = role;
        var refusal = await users.ChangeRoleAsync(caller.UserId, new UserId(userId), role, ct);
        return refusal is null ? TypedResults.NoContent() : refusal.Result();
    }

    private static async Task<Results<Ok<AdminRoomPage>, ProblemHttpResult>> RoomsAsync(
        PageRequest page, string? query, AdminRooms rooms, CancellationToken ct)
    {
        if (page.After is { Key.Length: > 0 }) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        return TypedResults.Ok(
            Number(query) is { } id
                ? await rooms.FindAsync(id, ct)
                : await rooms.PageAsync(new NameSearch(TextPolicy.NameKey(query)), page, ct));
    }

    /// <summary>Returns the number that is asked for as <c>#17</c>; null: something else is.</summary>
    private static long? Number(string? query) =>
        query is ['#', .. var digits] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}

using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Sessions;

/// <summary>The endpoints of the caller's sessions: the devices on which they are signed in.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/me/sessions").WithTags("Sessions").RequireAuthorization();
        group.MapGet("", ListAsync).WithName("listSessions").WithSummary("Your sessions, the last used one first");
        group.MapDelete("", EndOthersAsync).Audits(SecurityKind.SignOut)
            .WithName("endOtherSessions").WithSummary("End all sessions but this one")
            .WithDescription("With a token of another issuer: also all tokens of the user that it issued before that one.");
        group.MapDelete("/{id:number}", EndAsync).Audits(SecurityKind.SignOut).WithName("endSession")
            .WithSummary("End one session: its tokens are dead at once, its sockets close");
    }

    private static async Task<Ok<SessionList>> ListAsync(Caller caller, SessionStore sessions, CancellationToken ct) =>
        TypedResults.Ok(new SessionList(await sessions.ListAsync(caller, ct)));

    /// <summary>With a token of another issuer, which belongs to no session: all that were issued before it are over.</summary>
    private static async Task<NoContent> EndOthersAsync(Caller caller, SessionStore sessions, ForeignEnds foreign, CancellationToken ct)
    {
        if (caller.IsForeign) await foreign.EndAsync(caller.UserId, caller.IssuedAt - 1, SessionEnd.SignedOut, ct);
        await sessions.EndOthersAsync(caller, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(
        long id, Caller caller, SessionStore sessions, CancellationToken ct) =>
        await sessions.EndAsync(caller.UserId, id, ct) ? TypedResults.NoContent() : Problem.NotFound.Result();
}

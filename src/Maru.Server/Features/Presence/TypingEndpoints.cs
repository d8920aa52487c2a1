using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Engine.Rooms;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Presence;

/// <summary>The endpoint by which clients without a socket say that their person types.</summary>
internal static class TypingEndpoints
{
    public static void MapTyping(this IEndpointRouteBuilder routes) => routes
        .MapPost("/api/rooms/{roomId:number}/typing", SetAsync).WithTags("Presence").RequireAuthorization().LimitBy(Limit.Messages)
        .WithName("setTyping").WithSummary("Say that you type in a room, or have stopped; nothing is stored")
        .Refuses(Problem.NotFound);

    private static async Task<Results<NoContent, ProblemHttpResult>> SetAsync(
        long roomId, TypingState request, Caller caller, ChatEngine engine)
    {
        if (request.Typing is not { } types)
        {
            var errors = new FieldErrors();
            errors.Add("typing", "true or false.");
            return errors.Result();
        }

        // Not cancelled with the request: a client that enters must leave.
        if (await engine.Rooms.EnterAsync(new RoomId(roomId), caller.UserId, engine.Stopping) is not { } membership)
            return Problem.NotFound.Result();
        membership.Room.Lane.Post(new SettingTyping(membership, types, null, default));
        RoomTable.Leave(membership);
        return TypedResults.NoContent();
    }
}

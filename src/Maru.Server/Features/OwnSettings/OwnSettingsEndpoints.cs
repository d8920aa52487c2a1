using Maru.Engine;
using Maru.Server.Platform;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.OwnSettings;

/// <summary>The endpoint of what members set for themselves in a room.</summary>
internal static class OwnSettingsEndpoints
{
    public static void MapOwnSettings(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/me/rooms/{roomId:number}").WithTags("Rooms").RequireAuthorization()
            .MapPatch("/", ChangeAsync).LimitBy(Limit.Messages)
            .WithName("changeOwnSettings")
            .WithSummary("Change what you have set for yourself in a room of yours: absent fields stay, a null muteUntil ends the quiet");

    private static async Task<Results<Ok<RoomSettings>, ProblemHttpResult>> ChangeAsync(
        long roomId, RoomSettingsChange request, Caller caller, OwnSettingsChanges changes)
    {
        var errors = new FieldErrors();
        if (request.Notify is not (null or SettingsRow.All or SettingsRow.Mentions or SettingsRow.Nothing))
            errors.Add("notify", "all, mentions or nothing.");
        if (errors.Any) return errors.Result();
        var (settings, problem) = await changes.ChangeAsync(new RoomId(roomId), caller.UserId, request);
        return problem is null ? TypedResults.Ok(settings!) : problem.Result();
    }
}

using Maru.Server.Platform;
using Maru.Server.Platform.Http;

namespace Maru.Server.Features.Mentions;

/// <summary>The endpoints of mentions.</summary>
internal static class MentionEndpoints
{
    public static void MapMentions(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/me/mentions").WithTags("Messages").RequireAuthorization()
            .MapGet("/", ListAsync)
            .WithName("listMentions").WithSummary("The messages that mention you, in all of the rooms that you are in, newest first")
            .Produces<MentionPage>();

    private static async Task<IResult> ListAsync(Caller caller, PageRequest page, MentionStore store, CancellationToken ct)
    {
        var cursor = page.After is { } after ? MessageCursor.Read(after) : MessageCursor.Newest;
        if (cursor is null) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        return new WrittenJson(await store.ListAsync(caller.UserId, cursor!, page.Size, ct), StatusCodes.Status200OK);
    }
}

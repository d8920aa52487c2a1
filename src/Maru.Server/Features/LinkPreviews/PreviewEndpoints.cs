using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>The endpoints of previews.</summary>
internal static class PreviewEndpoints
{
    public static void MapLinkPreviews(this IEndpointRouteBuilder routes)
    {
        routes.MapDelete("/api/rooms/{roomId:number}/messages/{seq:number}/previews", RemoveAsync).WithTags("Messages")
            .RequireAuthorization().LimitBy(Limit.Messages)
            .WithName("removePreviews")
            .WithSummary("Take the previews of a message away for good, as its sender, or as the room's owner or admin")
            .Refuses(Problem.Forbidden);
        routes.MapGet("/api/files/previews/pictures/{id:number}", PictureAsync).WithTags("Files").RequireAuthorization()
            .WithMetadata(new TokenInCookie())
            .WithName("getPreviewPicture").WithSummary("The picture of a preview, of a message that you see, as WebP")
            .ProducesContent(Picture.SmallerMediaType);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        long roomId, long seq, Caller caller, PreviewChanges changes) =>
        await changes.RemoveAsync(new RoomId(roomId), caller.UserId, seq) is { } problem ? problem.Result() : TypedResults.NoContent();

    private static async Task<IResult> PictureAsync(
        long id, Caller caller, HttpContext context, PreviewStore store, IFileStore files, PresignedAddresses addresses,
        CancellationToken ct)
    {
        if (await store.FindPictureAsync(id, caller.UserId, ct) is not (> 0 and var madeAt)) return Problem.NotFound.Result();
        var content = new SentContent(PreviewPictures.KeyOf(id), Picture.SmallerMediaType, "inline", madeAt, $"preview-{id}-{madeAt:x}");
        return await FileContent.SendAsync(context, files, addresses, content, ct);
    }
}

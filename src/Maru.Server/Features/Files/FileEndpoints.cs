using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Features.Messages;
using Maru.Server.Files;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Sockets;
using Maru.Server.RoomLog;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Files;

/// <summary>The endpoints of files: upload, content, deletion and lists.</summary>
internal static class FileEndpoints
{
    private const string Form = "multipart/form-data";

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/api/files").WithTags("Files").RequireAuthorization();
        files.MapPost("/", UploadAsync)
            .WithName("uploadFile").WithSummary("Upload a file, as the part file of a form; 201 once it is durable")
            .WithDescription(
                "What it is, its content says. A picture comes out upright and without what a camera writes into it. A voice message may "
                + "have the parts duration, in seconds, and waveform, a JSON array of at most 64 numbers from 0 to 100, before the file.")
            .WithMetadata(new StreamedBody())
            .Accepts<UploadedForm>(Form).Produces<SentFile>(StatusCodes.Status201Created)
            .Refuses(FileProblems.UnsupportedFile, Problem.TooLarge, FileProblems.QuotaExceeded, Problem.StorageFull);
        files.MapGet("/limits", Limits)
            .WithName("getFileLimits").WithSummary("How large files may be, by their kind, and how many a message may have");
        files.MapGet("/{id:number}", GetAsync).WithMetadata(new TokenInCookie())
            .WithName("getFile").WithSummary("The content of a file that you uploaded, or of a message that you see; also in ranges")
            .ProducesContent(FileType.Unknown);
        MapVariant(files, FileKeys.Small, "A picture made smaller, as WebP: within 480 × 480 pixels");
        MapVariant(files, FileKeys.Large, "A picture made smaller, as WebP: within 1600 × 1600 pixels");
        files.MapDelete("/{id:number}", DeleteAsync)
            .WithName("deleteFile").WithSummary("Delete a file that you uploaded: it goes from the messages that have it, too")
            .Produces(StatusCodes.Status204NoContent).Refuses(Problem.Conflict);
        routes.MapGet("/api/me/files", OwnAsync).WithTags("Files").RequireAuthorization()
            .WithName("listOwnFiles").WithSummary("Your files, the newest first, and how much room they take").Produces<UploadedFilePage>();
        routes.MapGet("/api/rooms/{roomId:number}/files", OfRoomAsync).WithTags("Files").RequireAuthorization()
            .WithName("listRoomFiles").WithSummary("The files of a room, of one kind or of all, the newest first")
            .WithMetadata(new ApiParameter("kind", "Of this kind alone.", ApiSchemas.Text, "image"))
            .Produces<RoomFilePage>();
    }

    private static void MapVariant(IEndpointRouteBuilder files, string variant, string summary) => files
        .MapGet(
            $"/{{id:number}}/{variant}",
            (long id, Caller caller, HttpContext context, FileRecords records, IFileStore store, PresignedAddresses addresses,
                CancellationToken ct) => SendAsync(id, variant, caller, context, records, store, addresses, ct))
        .WithMetadata(new TokenInCookie())
        .WithName($"get{char.ToUpperInvariant(variant[0])}{variant[1..]}Picture").WithSummary(summary)
        .ProducesContent(Picture.SmallerMediaType);

    private static async Task<IResult> UploadAsync(
        Caller caller, HttpContext context, Arrivals arrivals, PictureMaker pictures, FileIntake intake, FilesOptions options,
        FileMetrics metrics, TimeProvider time, CancellationToken ct)
    {
        // Counted as it arrives: a client whose file is too large is told so, where the web server would cut it off.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        using var arrival = pictures.IsFull ? null : arrivals.Begin(caller.UserId);
        if (arrival is null) return Refused(Problem.RateLimited, Problems.Busy(context));
        using var deadline = new CancellationTokenSource(options.UploadTimeout, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var (about, refusal) = await UploadForm.ReceiveAsync(context.Request, arrival, options, over.Token);
            if (refusal is not null) return Refused(refusal.Problem, SendRequests.Refused(refusal));
            (var file, refusal) = await intake.TakeAsync(arrival, caller.UserId, about!, ct);
            if (refusal is { RetryAfter: > 0 }) return Refused(refusal.Problem, Problems.Later(context, refusal));
            if (refusal is not null) return Refused(refusal.Problem, SendRequests.Refused(refusal));
            context.Response.Headers.Location = context.Link(FileRows.Url(file!.Id));
            return new WrittenJson(file.Json, StatusCodes.Status201Created);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Refused(Problems.RequestTimeout, Problems.RequestTimeout.Result());
        }
        catch (IOException e) when (FileProblems.IsDiskFull(e))
        {
            return Refused(Problem.StorageFull, Problem.StorageFull.Result());
        }

        IResult Refused(Problem problem, IResult result)
        {
            metrics.Refused(problem.Slug);
            return result;
        }
    }

    private static Ok<FileLimits> Limits(FilesOptions options) => TypedResults.Ok(new FileLimits(
        new FileKindBytes(options.ImageBytes, options.VideoBytes, options.AudioBytes, options.DocumentBytes), Attachments.Most));

    private static Task<IResult> GetAsync(
        long id, Caller caller, HttpContext context, FileRecords records, IFileStore store, PresignedAddresses addresses,
        CancellationToken ct) => SendAsync(id, FileKeys.Original, caller, context, records, store, addresses, ct);

    private static async Task<IResult> SendAsync(
        long id, string variant, Caller caller, HttpContext context, FileRecords records, IFileStore store, PresignedAddresses addresses,
        CancellationToken ct) => await records.FindAsync(id, caller.UserId, ct) is { } file
            ? await FileContent.SendAsync(context, store, addresses, file, variant, ct)
            : Problem.NotFound.Result();

    private static async Task<IResult> DeleteAsync(long id, Caller caller, FileRecords records, FileRemoval removal)
    {
        if (await records.DeleteAsync(id, caller.UserId) is { } refusal) return SendRequests.Refused(refusal);
        // Whoever asked may leave: what is begun is brought to its end, now or by the sweep.
        await removal.RunAsync(new GoneFile(id, caller.UserId.Value), CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> OwnAsync(PageRequest page, Caller caller, FileLists lists, CancellationToken ct) =>
        page.Errors.Any
            ? page.Errors.Result()
            : new WrittenJson(await lists.OwnAsync(caller.UserId, page, ct), StatusCodes.Status200OK);

    private static async Task<IResult> OfRoomAsync(
        long roomId, string? kind, PageRequest page, Caller caller, FileLists lists, CancellationToken ct)
    {
        var wanted = KindOf(kind);
        if (kind is not null && wanted is null) page.Errors.Add("kind", "image, video, audio or document.");
        if (page.After is { NumericKey: null }) page.RefuseCursor();
        if (page.Errors.Any) return page.Errors.Result();
        return SendRequests.Found(await lists.OfRoomAsync(new RoomId(roomId), caller.UserId, wanted, page, ct));
    }

    private static FileKind? KindOf(string? name)
    {
        foreach (var kind in Enum.GetValues<FileKind>())
        {
            if (name == FileRows.NameOf(kind)) return kind;
        }

        return null;
    }
}

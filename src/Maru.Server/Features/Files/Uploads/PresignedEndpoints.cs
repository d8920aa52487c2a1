using Maru.Engine.Problems;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Features.Messages;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>The endpoints of uploads straight to the store of files, where the operator allows them.</summary>
internal static class PresignedEndpoints
{
    public static void MapPresignedUploads(this IEndpointRouteBuilder routes)
    {
        var uploads = routes.MapGroup("/api/files/presigned").WithTags("Files").RequireAuthorization();
        uploads.MapPost("/", BeginAsync)
            .WithName("presignUpload").WithSummary("Get an address of the file store to which the bytes of a file can be put")
            .Produces<PresignedUpload>(StatusCodes.Status201Created)
            .Refuses(Problem.NotFound, Problem.Invalid, Problem.TooLarge, FileProblems.QuotaExceeded);
        uploads.MapPost("/{id:number}/complete", CompleteAsync)
            .WithName("completePresignedUpload").WithSummary("Make a file of what was put there: 201 with the file, a repeat too")
            .Produces<SentFile>(StatusCodes.Status201Created)
            .Refuses(
                Problem.NotFound, Problem.Conflict, FileProblems.UnsupportedFile, Problem.TooLarge, FileProblems.QuotaExceeded,
                Problem.StorageFull, Problem.Unavailable);
    }

    private static async Task<IResult> BeginAsync(
        PresignedUploadRequest request, Caller caller, HttpContext context, PresignedAddresses addresses, PresignedUploads uploads,
        FilesOptions options, FileMetrics metrics)
    {
        if (!addresses.TakesUploads) return Off();
        var errors = new FieldErrors();
        if (request.Size is not > 0) errors.Add("size", "The number of bytes, 1 or more.");
        if (request.Duration is < 0 or > UploadForm.MostSeconds) errors.Add("duration", $"Seconds, 0 to {UploadForm.MostSeconds}.");
        if (request.Waveform is { } bars && (bars.Count > UploadForm.MostBars || bars.Any(bar => bar is < 0 or > 100)))
            errors.Add("waveform", $"At most {UploadForm.MostBars} numbers, 0 to 100.");
        if (errors.Any) return errors.Result();
        if (request.Size > options.Largest)
            return UploadEndpoints.Refused(context, metrics, new(Problem.TooLarge, $"A file may have {options.Largest} bytes."));
        var metadata = TusHeaders.Write(request.Name, request.Duration, request.Waveform);
        if (TusHeaders.Check(metadata) is not null)
        {
            errors.Add("name", "It is too long.");
            return errors.Result();
        }

        if (await uploads.BeginAsync(caller.UserId, request.Size!.Value, metadata) is not (var id, var address))
            return UploadEndpoints.Refused(context, metrics, FileProblems.QuotaExceeded);
        var headers = new Dictionary<string, string> { ["Content-Type"] = PresignedUploads.MediaType };
        return TypedResults.Created(
            context.Link($"/api/uploads/{id}"), new PresignedUpload(id, address.Url, headers, address.ExpiresAt));
    }

    private static async Task<IResult> CompleteAsync(
        long id, Caller caller, HttpContext context, PresignedAddresses addresses, PresignedUploads uploads, FileMetrics metrics,
        CancellationToken ct)
    {
        if (!addresses.TakesUploads) return Off();
        var (file, refusal) = await uploads.CompleteAsync(id, caller.UserId, ct);
        if (refusal is not null) return UploadEndpoints.Refused(context, metrics, refusal);
        if (file is null) return Problems.Busy(context);
        context.Response.Headers.Location = context.Link(FileRows.Url(file.Id));
        return new WrittenJson(file.Json, StatusCodes.Status201Created);
    }

    private static IResult Off() =>
        Problem.NotFound.Result("This server takes no files straight to its store: use POST /api/files, or /api/uploads.");
}

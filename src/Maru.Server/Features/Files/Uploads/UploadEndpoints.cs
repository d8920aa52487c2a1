using System.Globalization;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Sockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>The endpoints of uploads in parts, which go on after a break: tus 1.0.0 with creation, expiration and termination.</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        var uploads = routes.MapGroup("/api/uploads").WithTags("Files").RequireAuthorization();
        uploads.AddEndpointFilter(TusHeaders.CheckAsync);
        uploads.MapMethods("/", [HttpMethods.Options], Describe).AllowAnonymous()
            .WithName("describeUploads").WithSummary("What of the tus protocol this server speaks, in its headers")
            .Produces(StatusCodes.Status204NoContent);
        uploads.MapPost("/", BeginAsync)
            .WithName("beginUpload").WithSummary("Begin an upload in parts, by the tus protocol 1.0.0; its bytes follow with PATCH")
            .WithDescription(
                "Upload-Metadata may have filename, duration (seconds) and waveform (a JSON array of at most 64 numbers from 0 to 100).")
            .Produces(StatusCodes.Status201Created)
            .Refuses(Problem.Invalid, Problems.PreconditionFailed, Problem.TooLarge, FileProblems.QuotaExceeded);
        var one = uploads.MapGroup("/{id:number}");
        one.MapGet("/", GetAsync)
            .WithName("getUpload").WithSummary("How far an upload is, and the file once it is one; HEAD is the tus protocol's")
            .Produces<ResumableUpload>()
            .Refuses(Problems.PreconditionFailed, FileProblems.UnsupportedFile, Problem.TooLarge, FileProblems.QuotaExceeded);
        one.MapPatch("/", AppendAsync)
            .WithName("continueUpload").WithSummary("Add bytes behind those that are there; with the last ones it becomes a file")
            .WithMetadata(new StreamedBody())
            .Accepts<Stream>(TusHeaders.PartType).Produces(StatusCodes.Status204NoContent)
            .Refuses(
                Problem.Conflict, Problems.PreconditionFailed, FileProblems.UnsupportedFile, Problem.TooLarge, FileProblems.QuotaExceeded,
                Problem.StorageFull);
        one.MapDelete("/", EndAsync)
            .WithName("endUpload").WithSummary("Give an upload up; a file that it became stays")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(Problems.PreconditionFailed);
    }

    private static IResult Describe(HttpContext context, FilesOptions options)
    {
        var headers = context.Response.Headers;
        headers[TusHeaders.Versions] = TusHeaders.Version;
        headers[TusHeaders.Extension] = TusHeaders.Extensions;
        headers[TusHeaders.MaxSize] = options.Largest.ToString(CultureInfo.InvariantCulture);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> BeginAsync(
        Caller caller, HttpContext context, UploadRecords records, FilesOptions options, FileMetrics metrics,
        [FromHeader(Name = TusHeaders.Length)] string? uploadLength, [FromHeader(Name = TusHeaders.Metadata)] string? uploadMetadata)
    {
        var length = TusHeaders.Number(uploadLength);
        Refusal? refusal = length switch
        {
            null when context.Request.Headers.ContainsKey(TusHeaders.DeferLength) =>
                new(Problem.Invalid, "The length must be known from the beginning.", TusHeaders.DeferLength),
            null => new(Problem.Invalid, "It must be the number of bytes.", TusHeaders.Length),
            0 => new(Problem.Invalid, "The file is empty.", TusHeaders.Length),
            _ when length > options.Largest => new(Problem.TooLarge, $"A file may have {options.Largest} bytes."),
            _ => TusHeaders.Check(uploadMetadata),
        };
        if (refusal is not null) return Refused(context, metrics, refusal);
        if (await records.AddAsync(caller.UserId, length!.Value, uploadMetadata) is not { } upload)
            return Refused(context, metrics, FileProblems.QuotaExceeded);
        TusHeaders.Tell(context.Response, upload, 0);
        context.Response.Headers.Location = context.Link($"/api/uploads/{upload.Id}");
        return TypedResults.StatusCode(StatusCodes.Status201Created);
    }

    private static async Task<IResult> GetAsync(
        long id, Caller caller, HttpContext context, UploadRecords records, UploadAssembly assembly, FileMetrics metrics,
        CancellationToken ct)
    {
        if (await records.FindAsync(id, caller.UserId, ct) is not { } upload) return Problem.NotFound.Result();
        if (upload is { IsWhole: true, FileId: null })
        {
            // The node that took its last part died, or had no turn
            if (await assembly.RunAsync(upload, CancellationToken.None) is { } refusal) return Refused(context, metrics, refusal);
            if (await records.FindAsync(id, caller.UserId, ct) is not { } now) return Problem.NotFound.Result();
            upload = now;
        }

        TusHeaders.Tell(context.Response, upload, upload.Received);
        var headers = context.Response.Headers;
        headers[TusHeaders.Length] = upload.Length.ToString(CultureInfo.InvariantCulture);
        headers.CacheControl = "no-store";
        if (upload.Metadata is { } metadata) headers[TusHeaders.Metadata] = metadata;
        return new WrittenJson(Write(upload, upload.FileId is { } file ? await records.FileAsync(file, ct) : null));
    }

    private static async Task<IResult> AppendAsync(
        long id, Caller caller, HttpContext context, UploadRecords records, UploadReceiver receiver, UploadAssembly assembly,
        FilesOptions options, FileMetrics metrics, [FromHeader(Name = TusHeaders.Offset)] string? uploadOffset, CancellationToken ct)
    {
        if (await records.FindAsync(id, caller.UserId, ct) is not { } upload) return Problem.NotFound.Result();
        if (TusHeaders.Number(uploadOffset) is not { } offset)
            return Refused(context, metrics, new Refusal(Problem.Invalid, "It must be a number of bytes.", TusHeaders.Offset));
        if (offset != upload.Received) return Elsewhere(context, upload, upload.Received);
        var left = upload.Length - upload.Received;
        if (context.Request.ContentLength > left)
            return Refused(context, metrics, new Refusal(Problem.TooLarge, $"The upload lacks {left} bytes."));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = left;

        if (left > 0)
        {
            var (received, refusal) = await receiver.ReceiveAsync(upload, context.Request.Body, ct);
            if (refusal is { Problem: var busy } && busy == Problem.RateLimited) return Problems.Busy(context);
            if (refusal is { Problem: var first } && first == Problem.Conflict)
                return Elsewhere(context, upload, (await records.FindAsync(id, caller.UserId, ct))?.Received ?? 0);
            if (refusal is not null) return Refused(context, metrics, refusal);
            upload = upload with { Received = received };
        }

        if (upload is { IsWhole: true, FileId: null } && await assembly.RunAsync(upload, CancellationToken.None) is { } refused)
            return Refused(context, metrics, refused);
        var later = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() + options.OpenUploadsFor;
        TusHeaders.Tell(context.Response, upload with { ExpiresAt = later.ToUnixTimeMilliseconds() }, upload.Received);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> EndAsync(long id, Caller caller, UploadRecords records, UploadParts parts)
    {
        if (!await records.EndAsync(id, caller.UserId)) return Problem.NotFound.Result();
        await parts.RemoveWholeAsync(id);
        return TypedResults.NoContent();
    }

    private static IResult Elsewhere(HttpContext context, Upload upload, long received)
    {
        TusHeaders.Tell(context.Response, upload, received);
        return Problem.Conflict.Result($"{received} bytes are there: the next part must begin behind them.");
    }

    public static IResult Refused(HttpContext context, FileMetrics metrics, Refusal refusal)
    {
        metrics.Refused(refusal.Problem.Slug);
        return refusal.RetryAfter > 0 ? Problems.Later(context, refusal) : SendRequests.Refused(refusal);
    }

    private static byte[] Write(Upload upload, byte[]? file)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteNumber("id"u8, upload.Id);
        json.Writer.WriteNumber("length"u8, upload.Length);
        json.Writer.WriteNumber("offset"u8, upload.Received);
        MessageJson.WriteTime(json.Writer, "expiresAt"u8, upload.ExpiresAt);
        if (file is not null) json.Writer.WriteRaw("file"u8, file);
        return json.EndObject();
    }
}

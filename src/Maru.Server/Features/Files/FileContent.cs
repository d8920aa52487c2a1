using Maru.Engine.Problems;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Maru.Server.Features.Files;

/// <summary>
/// Sends the content of files, whole or in ranges, so that nothing in them runs here: only what browsers show or play is shown in place,
/// under a type of ours and a policy that lets nothing happen; all else is saved. Any thread.
/// </summary>
internal static class FileContent
{
    /// <summary>No script, no form, no other content, no origin (OWASP ASVS 5.0, V5.4 and V3.2).</summary>
    private const string Sandbox = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

    /// <summary>A browser keeps it, and asks each time whether the person may still see it.</summary>
    private const string UntilAsked = "private, no-cache";

    /// <summary>Documents content: whole, in part, or as it was before.</summary>
    public static RouteHandlerBuilder ProducesContent(this RouteHandlerBuilder endpoint, string mediaType) => endpoint
        .Produces<Stream>(StatusCodes.Status200OK, mediaType).Produces<Stream>(StatusCodes.Status206PartialContent, mediaType)
        .Produces(StatusCodes.Status304NotModified)
        .Refuses(Problems.RangeNotSatisfiable);

    public static async Task<IResult> SendAsync(
        HttpContext context, IFileStore store, PresignedAddresses addresses, StoredFile file, string variant, CancellationToken ct)
    {
        var isOriginal = variant == FileKeys.Original;
        if (!isOriginal && file.Kind != (long)FileKind.Image) return Problem.NotFound.Result();
        var (key, mediaType) = (FileKeys.Of(file.Id, variant), isOriginal ? TypeOf(file) : Picture.SmallerMediaType);
        var disposition = Disposition(file, isOriginal);
        if (addresses.Read(context.Request.Method, key, mediaType, disposition) is { } address) return Redirect(context, address);
        if (await store.OpenAsync(key, ct) is not { } content) return Problem.NotFound.Result();
        var madeAt = DateTimeOffset.FromUnixTimeMilliseconds(file.CreatedAt);
        // With its time: a store that was restored gives the numbers of lost files again.
        return Send(context, content, mediaType, disposition, madeAt, $"{file.Id}-{file.CreatedAt:x}-{variant}");
    }

    /// <param name="tag">of all contents this one's own, for ever</param>
    public static IResult Send(
        HttpContext context, Stream content, string mediaType, string disposition, DateTimeOffset madeAt, string tag)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = UntilAsked;
        headers.ContentSecurityPolicy = Sandbox;
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentDisposition = disposition;
        return new Content(TypedResults.Stream(
            content, mediaType, lastModified: madeAt, entityTag: new EntityTagHeaderValue($"\"{tag}\""), enableRangeProcessing: true));
    }

    /// <summary>A browser keeps the way for a quarter of the address's life, of which a half is left at least.</summary>
    private static RedirectHttpResult Redirect(HttpContext context, PresignedAddress address)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = $"private, max-age={address.Life / 4}";
        headers.Append(HeaderNames.Vary, new StringValues([HeaderNames.Authorization, HeaderNames.Cookie]));
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return TypedResults.Redirect(address.Url);
    }

    private static string TypeOf(StoredFile file) =>
        file.MediaType.StartsWith("text/", StringComparison.Ordinal) ? $"{file.MediaType}; charset=utf-8" : file.MediaType;

    private static string Disposition(StoredFile file, bool isOriginal)
    {
        var disposition = new ContentDispositionHeaderValue(file.Kind == (long)FileKind.Document ? "attachment" : "inline");
        disposition.SetHttpFileName(isOriginal ? file.Name : Path.ChangeExtension(file.Name, ".webp"));
        return disposition.ToString();
    }

    private sealed class Content(FileStreamHttpResult content) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Ranges.SendAsync(httpContext, content);
    }
}

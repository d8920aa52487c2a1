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

    /// <summary>Documents content: whole, in part, as it was before, or elsewhere.</summary>
    public static RouteHandlerBuilder ProducesContent(this RouteHandlerBuilder endpoint, string mediaType) => endpoint
        .Produces<Stream>(StatusCodes.Status200OK, mediaType).Produces<Stream>(StatusCodes.Status206PartialContent, mediaType)
        .Produces(StatusCodes.Status304NotModified).Produces(StatusCodes.Status302Found)
        .Refuses(Problems.RangeNotSatisfiable);

    public static async Task<IResult> SendAsync(
        HttpContext context, IFileStore store, PresignedAddresses addresses, StoredFile file, string variant, CancellationToken ct)
    {
        var isOriginal = variant == FileKeys.Original;
        if (!isOriginal && file.Kind != (long)FileKind.Image) return Problem.NotFound.Result();
        var content = new SentContent(
            FileKeys.Of(file.Id, variant), isOriginal ? TypeOf(file) : Picture.SmallerMediaType, Disposition(file, isOriginal),
            file.CreatedAt, $"{file.Id}-{file.CreatedAt:x}-{variant}");
        return await SendAsync(context, store, addresses, content, ct);
    }

    /// <summary>Sends it, or leads to the store that sends it.</summary>
    public static async Task<IResult> SendAsync(
        HttpContext context, IFileStore store, PresignedAddresses addresses, SentContent content, CancellationToken ct)
    {
        if (addresses.Read(context.Request.Method, content.Key, content.MediaType, content.Disposition) is { } address)
            return Redirect(context, address);
        if (await store.OpenAsync(content.Key, ct) is not { } stream) return Problem.NotFound.Result();
        var headers = context.Response.Headers;
        headers.CacheControl = UntilAsked;
        headers.ContentSecurityPolicy = Sandbox;
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentDisposition = content.Disposition;
        return new Content(TypedResults.Stream(
            stream,
            content.MediaType,
            lastModified: DateTimeOffset.FromUnixTimeMilliseconds(content.MadeAt),
            entityTag: new EntityTagHeaderValue($"\"{content.Tag}\""),
            enableRangeProcessing: true));
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

/// <summary>Content as it is sent.</summary>
/// <param name="Key">in the store</param>
/// <param name="MadeAt">unix milliseconds</param>
/// <param name="Tag">of all contents this one's own, for ever</param>
internal sealed record SentContent(string Key, string MediaType, string Disposition, long MadeAt, string Tag);

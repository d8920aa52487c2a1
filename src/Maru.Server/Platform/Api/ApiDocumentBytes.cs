using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Maru.Server.Platform.Api;

/// <summary>
/// The API document as bytes. They are made once, at the first request: describing all endpoints takes 15 ms. Only the base path differs
/// between requests, and stands between two constant parts. Any thread.
/// </summary>
internal sealed class ApiDocumentBytes([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider documents)
{
    private const string Place = "{base path}";
    private const int WriteBytes = 16 * 1024;   // what waits for a client that reads slowly is a few of these, not the document

    private readonly Lazy<Task<Parts>> _parts = new(() => MakeAsync(documents));

    public async Task WriteAsync(HttpContext context)
    {
        var (before, after, hash) = await _parts.Value;
        // Not the address by which the client reached the server: that may be anything. A base path has no character to escape.
        var path = context.Request.PathBase is { HasValue: true, Value: { } value } ? value : "/";
        var tag = new EntityTagHeaderValue($"\"{hash}{path}\"");

        var (response, headers) = (context.Response, context.Response.Headers);
        (headers.ETag, headers.CacheControl) = (tag.ToString(), "no-cache");
        response.StatusCode = Preconditions.StatusOf(context.Request, tag);
        if (response.StatusCode != StatusCodes.Status200OK) return;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = before.Length + path.Length + after.Length;
        foreach (var part in (byte[][])[before, Encoding.ASCII.GetBytes(path), after])
        {
            for (var at = 0; at < part.Length; at += WriteBytes)
                await response.Body.WriteAsync(part.AsMemory(at, Math.Min(WriteBytes, part.Length - at)), context.RequestAborted);
        }
    }

    private static async Task<Parts> MakeAsync(IOpenApiDocumentProvider documents)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);     // off the event loop
        var document = await documents.GetOpenApiDocumentAsync();
        document.Servers = [new OpenApiServer { Url = Place, Description = "This server" }];
        var text = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        var at = text.IndexOf(Place, StringComparison.Ordinal);
        return new Parts(Encoding.UTF8.GetBytes(text[..at]), Encoding.UTF8.GetBytes(text[(at + Place.Length)..]), hash);
    }

    private sealed record Parts(byte[] Before, byte[] After, string Hash);
}

using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Maru.Server.Platform;

/// <summary>Serves the files of wwwroot, for GET and HEAD, with the headers for a browser's cache and its protection.</summary>
internal static class StaticPages
{
    private const string Policy =
        ResponseHeaders.NothingElse + "; style-src 'self'; script-src 'self'; img-src 'self' data:";

    private const string Bytes = "bytes=";

    public static void UseStaticPages(this WebApplication app)
    {
        var files = app.Environment.WebRootFileProvider;
        // Below /api is no file: no request there looks for one.
        app.UseWhen(context => !context.Request.Path.StartsWithSegments("/api"), pages =>
        {
            pages.Use(next => context =>
            {
                if (IsFolder(context.Request)) return RedirectAsync(context);
                return Prepare(context, files) ? next(context) : Problems.WriteAsync(context, Problems.MethodNotAllowed);
            });
            pages.UseDefaultFiles();
            pages.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = AddHeaders });
        });
    }

    private static void AddHeaders(StaticFileResponseContext file)
    {
        var headers = file.Context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-cache";
    }

    /// <summary>Prepares the response; false: it is a page, and pages are only read.</summary>
    private static bool Prepare(HttpContext context, IFileProvider files)
    {
        var (request, headers) = (context.Request, context.Request.Headers);
        if (!IsRead(request))
        {
            if (!files.GetFileInfo(request.Path.Value is { Length: > 1 } path ? path : "/index.html").Exists) return true;
            context.Response.Headers.Allow = "GET, HEAD";
            return false;
        }

        // If-None-Match compares weakly (RFC 9110, 13.1.2): W/"x" means "x". The framework would compare strongly.
        if (headers.IfNoneMatch.Count > 0)
            headers.IfNoneMatch = headers.IfNoneMatch.ToString().Replace("W/\"", "\"", StringComparison.Ordinal);
        // Other units than bytes are ignored (RFC 9110, 14.2). The framework would take any for bytes.
        if (headers.Range.Count > 0 && !headers.Range.ToString().StartsWith(Bytes, StringComparison.OrdinalIgnoreCase))
            headers.Remove(HeaderNames.Range);
        return true;
    }

    /// <summary>Returns whether the request asks for the base path itself, whose pages lie below its slash.</summary>
    private static bool IsFolder(HttpRequest request) => !request.Path.HasValue && request.PathBase.HasValue && IsRead(request);

    /// <summary>The framework would redirect to the client's own word for the host.</summary>
    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
        context.Response.Headers.Location = $"{context.Request.PathBase.Value}/{context.Request.QueryString}";
        return Task.CompletedTask;
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}

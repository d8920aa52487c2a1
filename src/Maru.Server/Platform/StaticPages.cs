using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Maru.Server.Platform;

/// <summary>Serves the files of wwwroot, for GET and HEAD, with the headers for a browser's cache and its protection.</summary>
internal static class StaticPages
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseStaticPages(this WebApplication app)
    {
        var files = app.Environment.WebRootFileProvider;
        // Below /api is no file: no request there looks for one.
        app.UseWhen(context => !context.Request.Path.StartsWithSegments("/api"), pages =>
        {
            pages.Use(next => context => Prepare(context, files) ? next(context) : Problems.WriteAsync(context, Problems.MethodNotAllowed));
            pages.UseDefaultFiles();
            pages.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = AddHeaders });
        });
    }

    private static void AddHeaders(StaticFileResponseContext file)
    {
        var headers = file.Context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-cache";
        headers["Referrer-Policy"] = "no-referrer";
    }

    /// <summary>Prepares the response; false: it is a page, and pages are only read.</summary>
    private static bool Prepare(HttpContext context, IFileProvider files)
    {
        var (request, headers) = (context.Request, context.Request.Headers);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            if (!files.GetFileInfo(request.Path == "/" ? "/index.html" : request.Path.Value ?? "").Exists) return true;
            context.Response.Headers.Allow = "GET, HEAD";
            return false;
        }

        // If-None-Match compares weakly (RFC 9110, 13.1.2): W/"x" means "x". The framework would compare strongly.
        if (headers.IfNoneMatch.Count > 0)
            headers.IfNoneMatch = headers.IfNoneMatch.ToString().Replace("W/\"", "\"", StringComparison.Ordinal);
        return true;
    }
}

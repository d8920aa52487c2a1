using Maru.Server.Configuration;
using Maru.Server.Platform.Http;
using Microsoft.Net.Http.Headers;

namespace Maru.Server.Platform.Pages;

/// <summary>
/// Serves the web client where no route is: its files, for GET and HEAD, and its one page at all addresses that the client makes of its
/// own, so that they survive a reload. Any thread.
/// </summary>
internal sealed class StaticPages(WebFiles files, IndexPage index, PageHeaders pageHeaders)
{
    private const string Html = "text/html";

    /// <summary>Addresses of programs: what is not there is no page.</summary>
    private static readonly PathString[] Reserved =
        ["/api", "/ws", "/health", "/metrics", "/openapi", "/.well-known", WebFiles.Hashed];

    public Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (IsFolder(request)) return RedirectAsync(context);
        var path = request.Path.Value is { Length: > 1 } given ? given : WebFiles.Index;
        var file = files.Find(path);
        if (file is null && path != WebFiles.Index)
            return IsRead(request) && IsOfClient(request) ? SendPageAsync(context, HeaderNames.Accept) : next(context);
        if (!IsRead(request)) return RefuseAsync(context);
        return file is null || path == WebFiles.Index ? SendPageAsync(context, null) : SendFileAsync(context, file);
    }

    /// <param name="context">the request</param>
    /// <param name="vary">the field of the request without which the response would be another; null: none</param>
    private Task SendPageAsync(HttpContext context, string? vary) =>
        SendAsync(context, index.Result(context.Request.PathBase), isForGood: false, vary, null);

    private Task SendFileAsync(HttpContext context, WebFile file)
    {
        var form = file.Choose(context.Request.Headers.AcceptEncoding);
        var result = TypedResults.PhysicalFile(form.Path, file.MediaType, entityTag: form.Tag, enableRangeProcessing: true);
        var vary = file.Forms.Count > 1 ? HeaderNames.AcceptEncoding : null;
        return SendAsync(context, result, file.IsHashed, vary, form.Coding == WebForm.Plain ? null : form.Coding);
    }

    private async Task SendAsync(HttpContext context, IResult result, bool isForGood, string? vary, string? coding)
    {
        var response = context.Response;
        response.OnStarting(() =>
        {
            if (response.StatusCode >= StatusCodes.Status400BadRequest) return Task.CompletedTask;      // it is no page
            pageHeaders.AddTo(response.Headers, isForGood);
            if (vary is not null) response.Headers.Append(HeaderNames.Vary, vary);
            if (coding is not null) response.Headers.ContentEncoding = coding;
            return Task.CompletedTask;
        });
        await Ranges.SendAsync(context, result);
    }

    /// <summary>
    /// Returns whether a person asks for an address of the client's own: browsers name HTML when they open a page, and scripts do not.
    /// </summary>
    private static bool IsOfClient(HttpRequest request)
    {
        var path = request.Path;
        var name = path.Value.AsSpan()[(path.Value.AsSpan().LastIndexOf('/') + 1)..];
        return !name.Contains('.')
            && !Array.Exists(Reserved, reserved => path.StartsWithSegments(reserved))
            && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
            && accepted.Any(type => type.MediaType.Equals(Html, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);
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

    /// <summary>Pages are only read.</summary>
    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.Allow = "GET, HEAD";
        return Problems.WriteAsync(context, Problems.MethodNotAllowed);
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}

/// <summary>Puts <see cref="StaticPages"/> into the pipeline.</summary>
internal static class StaticPagesExtensions
{
    private static readonly PathString Api = "/api";

    public static void AddStaticPages(this IServiceCollection services)
    {
        // From the current folder, as all other paths; the framework would look from the program's.
        services.AddSingleton(provider => new WebFiles(
            provider.GetRequiredService<IConfiguration>()[HostSettings.WebRoot] is { Length: > 0 } folder
                ? Path.GetFullPath(folder)
                : Path.Combine(AppContext.BaseDirectory, "wwwroot")));
        services.AddSingleton<IndexPage>();
        services.AddSingleton<PageHeaders>();
        services.AddSingleton<StaticPages>();
    }

    public static void UseStaticPages(this WebApplication app)
    {
        var pages = app.Services.GetRequiredService<StaticPages>();
        app.Use(next => context => context.GetEndpoint() is null && !context.Request.Path.StartsWithSegments(Api)
            ? pages.ServeAsync(context, next)
            : next(context));
    }
}

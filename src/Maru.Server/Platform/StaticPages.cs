namespace Maru.Server.Platform;

/// <summary>The files of wwwroot, and the headers that keep a browser from doing more with an answer than was meant.</summary>
internal static class StaticPages
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseStaticPages(this WebApplication app)
    {
        app.Use(next => context =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = file =>
            {
                var headers = file.Context.Response.Headers;
                headers.ContentSecurityPolicy = Policy;
                headers.CacheControl = "no-cache";
                headers["Referrer-Policy"] = "no-referrer";
            },
        });
    }
}

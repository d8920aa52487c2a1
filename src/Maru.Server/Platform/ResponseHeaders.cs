namespace Maru.Server.Platform;

/// <summary>
/// What every response tells browsers: OWASP ASVS 5.0, V3.4 and V14.3, level 2. Parts that know better, such as pages, replace single
/// fields.
/// </summary>
internal static class ResponseHeaders
{
    /// <summary>
    /// The policy of a response that is no page: it loads nothing, and nobody shows it in a frame. A script that a person runs there may
    /// speak with this server.
    /// </summary>
    public const string NothingElse =
        "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'";

    /// <param name="app">the server</param>
    /// <param name="strictTransport">the <c>Strict-Transport-Security</c> of responses over HTTPS; empty: none</param>
    public static void UseResponseHeaders(this WebApplication app, string strictTransport)
    {
        app.Use(next => context =>
        {
            var headers = context.Response.Headers;
            headers.CacheControl = "no-store";              // it is for its caller alone
            headers.XContentTypeOptions = "nosniff";        // its type is what Content-Type says
            headers.ContentSecurityPolicy = NothingElse;
            headers["Referrer-Policy"] = "no-referrer";
            if (context.Request.IsHttps && strictTransport.Length > 0) headers.StrictTransportSecurity = strictTransport;
            return next(context);
        });
    }
}

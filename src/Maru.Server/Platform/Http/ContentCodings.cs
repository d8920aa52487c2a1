using Microsoft.AspNetCore.Http.Metadata;

namespace Maru.Server.Platform.Http;

/// <summary>
/// Bodies come as they are. A compressed one is refused (RFC 9110, 8.4 and 15.5.16): its bytes would be taken for something else.
/// </summary>
internal static class ContentCodings
{
    private const string Plain = "identity";

    public static void UseContentCodings(this WebApplication app) =>
        app.Use(next => context => !TakesBody(context) || IsPlain(context.Request) ? next(context) : RefuseAsync(context));

    private static bool TakesBody(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null;

    private static bool IsPlain(HttpRequest request)
    {
        var coding = request.Headers.ContentEncoding.ToString();
        return coding.Length == 0 || Plain.Equals(coding, StringComparison.OrdinalIgnoreCase);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.AcceptEncoding = Plain;
        return Problems.WriteAsync(context, Problems.UnsupportedMediaType, "The body must come without a Content-Encoding.");
    }
}

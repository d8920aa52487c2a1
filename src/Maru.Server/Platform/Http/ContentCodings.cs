using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Maru.Server.Platform.Http;

/// <summary>
/// Refuses bodies of another media type than the endpoint's own, which are compressed, or which by their own header are in another charset
/// than UTF-8 (RFC 9110, 8.4 and 15.5.16): their bytes would be misread.
/// </summary>
internal static class ContentCodings
{
    private const string Plain = "identity";
    private const string Utf8 = "utf-8";
    private const string Json = "application/json";

    public static void UseContentCodings(this WebApplication app) => app.Use(next => context =>
    {
        var request = context.Request;
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not { } accepted) return next(context);
        if (!IsPlain(request)) return RefuseCodingAsync(context);
        if (request.ContentType is null or Json) return next(context);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !IsAccepted(type, accepted)) return RefuseType(context);
        return IsUtf8(request, type) ? next(context) : RefuseCharsetAsync(context);
    });

    private static bool IsPlain(HttpRequest request)
    {
        var coding = request.Headers.ContentEncoding.ToString();
        return coding.Length == 0 || Plain.Equals(coding, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The framework would take every type that ends with <c>+json</c>, although it means something else.</summary>
    private static bool IsAccepted(MediaTypeHeaderValue type, IAcceptsMetadata accepted) =>
        accepted.ContentTypes.Any(known => type.MediaType.Equals(known, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns whether the body's header says UTF-8, or names no charset.</summary>
    private static bool IsUtf8(HttpRequest request, MediaTypeHeaderValue type)
    {
        if (type.Charset.Length == 0) return true;
        if (!HeaderUtilities.RemoveQuotes(type.Charset).Equals(Utf8, StringComparison.OrdinalIgnoreCase)) return false;
        type.Charset = Utf8;
        request.ContentType = type.ToString();      // the framework fails at quotes
        return true;
    }

    private static Task RefuseType(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;    // Problems says the rest
        return Task.CompletedTask;
    }

    private static Task RefuseCodingAsync(HttpContext context)
    {
        context.Response.Headers.AcceptEncoding = Plain;
        return Problems.WriteAsync(context, Problems.UnsupportedMediaType, "The body must come without a Content-Encoding.");
    }

    private static Task RefuseCharsetAsync(HttpContext context)
    {
        context.Response.Headers.Accept = Json;
        return Problems.WriteAsync(context, Problems.UnsupportedMediaType, "The body must be in UTF-8.");
    }
}

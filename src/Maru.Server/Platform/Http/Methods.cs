using Microsoft.AspNetCore.Http.Features;

namespace Maru.Server.Platform.Http;

/// <summary>Methods as RFC 9110 has them, over every version of HTTP.</summary>
internal static class Methods
{
    private static readonly HttpMethodMetadata GetAndHead = new([HttpMethods.Get, HttpMethods.Head]);

    public static void UseMethods(this WebApplication app) => app.Use(next => context =>
    {
        var request = context.Request;
        if (request.Method.AsSpan().ContainsAnyInRange('a', 'z')) request.Method = Other(request.Method);
        if (request.Method == HttpMethods.Head) DropBody(context);
        return next(context);
    });

    /// <summary>
    /// Returns routes whose GET endpoints take HEAD too, wherever there is GET (RFC 9110, 9.3.2): the same handler runs, and its body is
    /// dropped.
    /// </summary>
    public static IEndpointRouteBuilder WithHead(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: ["GET"] })
                endpoint.Metadata.Add(GetAndHead);
        });
        return group;
    }

    /// <summary>
    /// Returns a name that no route has: <c>get</c> is another method than <c>GET</c> (RFC 9110, 9.1), but the framework does not tell
    /// them apart.
    /// </summary>
    private static string Other(string method) => method + "~";

    /// <summary>The web server itself drops the body over HTTP/1.1 only.</summary>
    private static void DropBody(HttpContext context)
    {
        var features = context.Features;
        var body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null, body));
    }
}

namespace Maru.Server.Platform.Http;

/// <summary>
/// Serves HEAD as GET without a body, wherever there is GET (RFC 9110, 9.3.2): the same handler runs, and the web server leaves the body
/// out.
/// </summary>
internal static class HeadRequests
{
    private static readonly HttpMethodMetadata GetAndHead = new([HttpMethods.Get, HttpMethods.Head]);

    /// <summary>Returns routes whose GET endpoints take HEAD too.</summary>
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
}

using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Maru.Server.Tests.Platform.Http;

/// <summary>One method of one route, as a request is made for it.</summary>
/// <param name="Method">one of its methods</param>
/// <param name="Template">with the names of its parameters in braces</param>
/// <param name="Endpoint">what is mapped there</param>
internal sealed partial record Route(string Method, string Template, RouteEndpoint Endpoint)
{
    public bool NeedsToken => Endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null;

    /// <summary>The contract of its body; null: it takes none.</summary>
    public Type? Body => Endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;

    public bool HasNumbers => Template.Contains('{', StringComparison.Ordinal);

    /// <summary>Its address with this in the place of every id and seq.</summary>
    public string Path(string number = "1") => Parameter().Replace(Template, number);

    public override string ToString() => $"{Method} {Template}";

    public static IReadOnlyList<Route> All(MaruServer server) =>
    [
        .. from endpoint in server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           let template = "/" + endpoint.RoutePattern.RawText?.Trim('/')
           orderby template, method
           select new Route(method, template, endpoint),
    ];

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}

using System.Net.Http.Headers;
using System.Text.Json;
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
    /// <summary>The id of a node that there is not.</summary>
    private const string Node = "0198e0a2-7d0c-4f3e-9f5c-0a1b2c3d4e5f";

    public bool NeedsToken =>
        Endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null && Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;

    /// <summary>The contract of its body; null: it takes none.</summary>
    public Type? Body => Endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is { ContentTypes: ["application/json"] } accepted
        ? accepted.RequestType
        : null;

    /// <summary>A name that its body may have.</summary>
    public string FirstField => JsonNamingPolicy.CamelCase.ConvertName(Body!.GetProperties()[0].Name);

    public bool HasNumbers => Template.Contains('{', StringComparison.Ordinal);

    /// <summary>An address of it.</summary>
    public string Path => Address("1");

    /// <param name="method">another one than its own</param>
    /// <param name="token">none: without</param>
    /// <param name="body">none: without</param>
    /// <param name="type">said of the body</param>
    /// <param name="number">in the place of every id and seq</param>
    public HttpRequestMessage Request(
        string? method = null,
        string? token = null,
        byte[]? body = null,
        string? type = "application/json",
        string number = "1")
    {
        var request = new HttpRequestMessage(new HttpMethod(method ?? Method), Address(number));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (type is not null && request.Content is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return request;
    }

    public override string ToString() => $"{Method} {Template}";

    public static IReadOnlyList<Route> All(MaruServer server) =>
    [
        .. from endpoint in server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           let template = "/" + endpoint.RoutePattern.RawText?.Trim('/')
           orderby template, method
           select new Route(method, template, endpoint),
    ];

    private string Address(string number) =>
        Parameter().Replace(Template, part => number == "1" && part.Value.EndsWith(":guid}", StringComparison.Ordinal) ? Node : number)
        + (Template == "/api/presence" ? "?userIds=1" : "");      // which must ask for somebody

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}

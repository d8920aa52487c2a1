using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Maru.Server.Platform.Api;

/// <summary>
/// Adds to each operation of the API document what the framework does not see: its parameters, its refusals, headers, the token.
/// </summary>
internal static class ApiOperations
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var (description, document) = (context.Description, context.Document);
        var metadata = description.ActionDescriptor.EndpointMetadata;
        AddParameters(operation, metadata);
        foreach (var body in operation.RequestBody?.Content?.Values.OfType<OpenApiMediaType>() ?? [])
            body.Schema = ApiSchemas.WithoutNull(body.Schema ?? ApiSchemas.Text);

        var isLimited = !metadata.OfType<Unlimited>().Any();
        var responses = new SortedDictionary<string, IOpenApiResponse>(operation.Responses ?? [], StringComparer.Ordinal);
        foreach (var (status, response) in responses)
            if (response is OpenApiResponse own) own.Headers = ApiHeaders.Of(status, isLimited, document);
        var refused = ApiRefusals.Of(operation, description.HttpMethod, metadata).Distinct();
        foreach (var refusals in refused.GroupBy(problem => $"{problem.Status}"))
            responses[refusals.Key] = ApiRefusals.Response([.. refusals], isLimited, document);
        operation.Responses = [];
        foreach (var (status, response) in responses) operation.Responses.Add(status, response);

        operation.Security = [.. Tokens(metadata).Select(scheme => Demand(scheme, document))];
        return Task.CompletedTask;
    }

    /// <summary>Returns the security schemes by which the endpoint takes a token.</summary>
    private static IEnumerable<string> Tokens(IList<object> metadata)
    {
        if (metadata.OfType<IAuthorizeData>().Any()) yield return Caller.Scheme;
        if (metadata.OfType<TokenInAddress>().Any()) yield return TokenInAddress.Scheme;
    }

    private static OpenApiSecurityRequirement Demand(string scheme, OpenApiDocument? document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };

    private static void AddParameters(OpenApiOperation operation, IList<object> metadata)
    {
        operation.Parameters ??= [];
        foreach (var known in metadata.OfType<ApiParameter>())
        {
            if (!operation.Parameters.Any(parameter => parameter.Name == known.Name))
                operation.Parameters.Add(new OpenApiParameter { Name = known.Name, In = ParameterLocation.Query });
        }

        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            var known = metadata.OfType<ApiParameter>().LastOrDefault(x => x.Name == parameter.Name)
                ?? ApiParameter.Find(parameter.Name ?? "");
            if (known is null) continue;
            (parameter.Description, parameter.Schema, parameter.Example) = (known.Description, known.Schema, known.Example);
        }
    }
}

using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Maru.Server.Platform;

/// <summary>The description of the REST interface for machines, at <c>/openapi/v1.json</c>.</summary>
internal static class OpenApi
{
    private static readonly string[] Errors = ["400", "404", "429"];

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = operation => operation.HttpMethod != HttpMethods.Head;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Maru",
                Version = Health.Version,
                Description = "Real-time chat. Errors are problem details (RFC 9457) with a stable `type`; times are RFC 3339 in UTC; ids are JSON integers.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Caller.Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The accessToken of a sign-up, sign-in or refresh.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
    });

    public static void MapApiDocument(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/openapi/v1.json", WriteAsync).DoNotLimit().ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context, [FromKeyedServices("v1")] IOpenApiDocumentProvider documents, CancellationToken ct)
    {
        var document = await documents.GetOpenApiDocumentAsync(ct);
        document.Servers = [new OpenApiServer { Url = context.Request.PathBase.HasValue ? context.Request.PathBase : "/" }];
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, ct), ct);
    }

    /// <summary>
    /// What every operation shares: the token where one is needed, and how it refuses. What no limit holds, health, takes nothing and
    /// refuses nothing.
    /// </summary>
    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<Unlimited>().Any()) return Task.CompletedTask;
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(x => x.Name == Paging.Limit) ?? [])
            parameter.Schema = Paging.Schema(context.ApplicationServices.GetRequiredService<LimitOptions>());
        var signedIn = metadata.OfType<IAuthorizeData>().Any();
        operation.Responses ??= [];
        foreach (var status in signedIn ? Errors.Prepend("401") : Errors) operation.Responses.TryAdd(status, Refusal(status, context.Document));
        if (!signedIn) return Task.CompletedTask;
        operation.Security ??= [];
        operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Caller.Scheme, context.Document)] = [] });
        return Task.CompletedTask;
    }

    private static OpenApiResponse Refusal(string status, OpenApiDocument? document) => new()
    {
        Description = status switch
        {
            "400" => "The request cannot be read, or some fields are not valid.",
            "401" => "No access token, or one that is no longer good.",
            "404" => "There is nothing here that the caller may see.",
            _ => "Too many requests: see Retry-After.",
        },
        Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), document) } },
    };
}

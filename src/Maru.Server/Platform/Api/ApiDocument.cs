using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Maru.Server.Platform.Api;

/// <summary>The description of the REST interface for machines, at <c>/openapi/v1.json</c>. All of it comes from the endpoints.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Sign-in", "Getting tokens, renewing them and ending them."),
        ("Sessions", "The devices on which you are signed in."),
        ("Profile", "Your own account."),
        ("Directory", "Finding users."),
        ("Rooms", "Finding, making, changing, joining and leaving rooms."),
        ("Members", "The members of a room, their roles, and bans."),
        ("Messages", "The messages of a room."),
        ("Events", "What concerns you, as it happens."),
        ("Health", "Checks for balancers and process managers."),
    ];

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddSingleton<ApiDocumentBytes>();
        services.AddOpenApi(Name, Configure);
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        var document = routes.ServiceProvider.GetRequiredService<ApiDocumentBytes>();
        routes.MapGet($"/openapi/{Name}.json", document.WriteAsync).ExcludeFromDescription();
    }

    private static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = operation => operation.HttpMethod != HttpMethods.Head;   // as GET, everywhere
        options.AddSchemaTransformer(ApiSchemas.DescribeAsync);
        options.AddOperationTransformer(ApiOperations.DescribeAsync);
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Maru",
            Version = Product.Version,
            Summary = "Real-time chat.",
            Description = "Refusals are problem details (RFC 9457) with a stable `type`; times are RFC 3339 in UTC; ids are JSON integers. "
                + "Fields that are absent are absent, never null; unknown fields in requests are ignored. HEAD is GET without the body.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            Contact = new OpenApiContact { Name = "The Maru authors" },
        };
        document.Tags = new HashSet<OpenApiTag>(Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        var components = document.Components ??= new OpenApiComponents();
        components.Headers = ApiHeaders.Describe();
        components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        ApiSchemas.Unify(components.Schemas, document);
        components.Schemas[ApiRefusals.Schema] = ApiRefusals.Describe();
        components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Caller.Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The accessToken of a sign-up, sign-in or refresh.",
            },
            [TokenInAddress.Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Query,
                Name = TokenInAddress.Parameter,
                Description = "The same where a header cannot be set: a browser's EventSource.",
            },
        };
    }
}

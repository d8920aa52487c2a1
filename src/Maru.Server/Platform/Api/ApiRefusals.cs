using System.Text.Json.Nodes;
using Maru.Engine.Problems;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;

namespace Maru.Server.Platform.Api;

/// <summary>Metadata of an endpoint: the problems that it may refuse with, besides those that all of its kind may.</summary>
internal sealed record Refusals(IReadOnlyList<Problem> Problems);

/// <summary>The refusals of operations in the API document: a response for each status, with an example of each problem.</summary>
internal static class ApiRefusals
{
    public const string Schema = "Problem";

    private const string Trace = "00-e3bf4c61941829c1ba6385291fe20dc1-8c4bc33b7aba23d2-00";

    /// <summary>Marks the endpoint with the problems that it may refuse with.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder endpoints, params Problem[] problems)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new Refusals(problems));

    /// <summary>Returns all problems that the operation may refuse with.</summary>
    public static IEnumerable<Problem> Of(OpenApiOperation operation, string? method, IList<object> metadata)
    {
        foreach (var refusals in metadata.OfType<Refusals>())
        {
            foreach (var problem in refusals.Problems) yield return problem;
        }

        yield return Problem.Internal;
        if (metadata.OfType<Unlimited>().Any()) yield break;
        var parameters = operation.Parameters ?? [];
        if (operation.RequestBody is not null) yield return Problem.Malformed;
        if (operation.RequestBody is not null || parameters.Any(parameter => parameter.In != ParameterLocation.Path))
            yield return Problem.Invalid;

        if (metadata.OfType<IAuthorizeData>().Any())
        {
            yield return Problem.Unauthenticated;
            yield return Problem.SessionEnded;
        }

        if (parameters.Any(parameter => parameter.In == ParameterLocation.Path)) yield return Problem.NotFound;
        if (operation.RequestBody is not null)
        {
            yield return Problems.RequestTimeout;
            yield return Problem.TooLarge;
            yield return Problems.UnsupportedMediaType;
        }

        yield return Problem.RateLimited;
        yield return Problem.Unavailable;
        yield return Problem.ShuttingDown;
        if (!HttpMethods.IsGet(method ?? "")) yield return Problem.StorageFull;
    }

    /// <summary>Returns the response to problems of one status. Equal responses stand in the document once.</summary>
    public static IOpenApiResponse Response(IReadOnlyList<Problem> problems, bool isLimited, OpenApiDocument? document)
    {
        var name = string.Join('.', problems.Select(problem => problem.Slug)) + (isLimited ? "" : ".unlimited");
        var response = new OpenApiResponse
        {
            Description = string.Join(' ', problems.Select(problem => $"`{problem.Slug}`: {problem.Title}")),
            Headers = ApiHeaders.Of($"{problems[0].Status}", isLimited, document),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemWriter.MediaType] = new()
                {
                    Schema = new OpenApiSchemaReference(Schema, document),
                    Examples = problems.ToDictionary(
                        problem => problem.Slug, problem => (IOpenApiExample)new OpenApiExample { Value = Example(problem) }),
                },
            },
        };
        document?.AddComponent<IOpenApiResponse>(name, response);
        return new OpenApiResponseReference(name, document);
    }

    /// <summary>Returns the schema of RFC 9457, with our additions.</summary>
    public static OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Why a request was refused (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status", "traceId" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("A stable slug, for programs."),
            ["title"] = Text("What happened and what to do, for people."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "The status of the response." },
            ["detail"] = Text("More about this very refusal, where there is more."),
            ["retryAfter"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Format = "int32",
                Description = "Of `slow-mode`: the seconds to wait, as in `Retry-After`.",
            },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Of `invalid`: what a good value looks like, for each field that is wrong.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = ApiSchemas.Text },
            },
            ["traceId"] = Text("Finds the request in the server's log."),
        },
        Examples = [Example(Problem.Invalid)],
    };

    private static OpenApiSchema Text(string description)
    {
        var schema = ApiSchemas.Text;
        schema.Description = description;
        return schema;
    }

    private static JsonObject Example(Problem problem)
    {
        var example = new JsonObject { ["type"] = problem.Slug, ["title"] = problem.Title, ["status"] = problem.Status };
        if (problem == Problem.Invalid) example["errors"] = new JsonObject { ["name"] = new JsonArray("1 to 80 characters.") };
        if (problem == Problem.SlowMode) example["retryAfter"] = 12;
        example["traceId"] = Trace;
        return example;
    }
}

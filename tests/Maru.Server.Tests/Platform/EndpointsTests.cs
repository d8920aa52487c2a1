using System.Text.Json;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Maru.Server.Tests.Platform;

/// <summary>What holds for every endpoint, whoever adds it.</summary>
public sealed class EndpointsTests(MaruServer server) : IClassFixture<MaruServer>
{
    // Judged by something else than a bearer token, or open to all.
    private static readonly string[] Open =
    [
        "/health/live", "/health/ready", "/openapi/v1.json", "/.well-known/jwks.json",
        "/api/auth/signup", "/api/auth/login", "/api/auth/refresh", "/ws",
    ];

    [Fact]
    public void Each_demands_a_token_or_is_known_to_be_open()
    {
        var open = server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/'));
        open.Except(Open).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_may_be_absent_is_not_required_in_the_API_document()
    {
        using var document = JsonDocument.Parse(await server.Http.SendAsync("GET /openapi/v1.json").ShouldBe(200));
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        Required("SignupRequest").ShouldBe(["handle", "name", "password"], ignoreOrder: true);
        Required("User").ShouldBe(["id", "handle", "name"], ignoreOrder: true);

        string?[] Required(string schema) =>
            [.. schemas.GetProperty(schema).GetProperty("required").EnumerateArray().Select(name => name.GetString())];
    }

    [Fact]
    public async Task Each_is_in_the_API_document_with_a_summary_and_its_refusals()
    {
        using var document = JsonDocument.Parse(await server.Http.SendAsync("GET /openapi/v1.json").ShouldBe(200));
        var root = document.RootElement;
        root.GetProperty("info").GetProperty("title").GetString().ShouldBe("Maru");
        root.GetProperty("components").GetProperty("securitySchemes").GetProperty("Bearer").GetProperty("scheme").GetString()
            .ShouldBe("bearer");
        foreach (var path in root.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name} {path.Name}";
                operation.Value.TryGetProperty("summary", out _).ShouldBeTrue(name);
                var responses = operation.Value.GetProperty("responses");
                if (path.Name.StartsWith("/health/", StringComparison.Ordinal))
                    responses.EnumerateObject().Select(answer => answer.Name).ShouldBeSubsetOf(["200", "503"], name);
                else responses.GetProperty("429").ToString().ShouldContain("#/components/schemas/ProblemDetails", customMessage: name);
                var secured = operation.Value.TryGetProperty("security", out _);
                secured.ShouldBe(!Open.Contains(path.Name), name);
            }
        }
    }

    [Fact]
    public async Task The_API_document_says_how_many_items_a_page_may_have()
    {
        using var document = JsonDocument.Parse(await server.Http.SendAsync("GET /openapi/v1.json").ShouldBe(200));
        var limits = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Where(operation => operation.Value.TryGetProperty("parameters", out _))
            .SelectMany(operation => operation.Value.GetProperty("parameters").EnumerateArray())
            .Where(parameter => parameter.GetProperty("name").GetString() == "limit")
            .Select(parameter => parameter.GetProperty("schema"))
            .Select(schema => $"{schema.GetProperty("type")} {schema.GetProperty("minimum")} to {schema.GetProperty("maximum")}, "
                + $"{schema.GetProperty("default")}");
        limits.ShouldBe(Enumerable.Repeat("integer 1 to 200, 50", 6));
    }

    [Theory]
    [InlineData("/api/users")]
    [InlineData("/api/rooms")]
    [InlineData("/api/me/rooms")]
    [InlineData("/api/rooms/{0}/members")]
    [InlineData("/api/rooms/{0}/bans")]
    [InlineData("/api/rooms/{0}/messages")]
    public async Task A_page_has_1_to_200_items_in_every_list(string path)
    {
        var ann = await server.SignUpAsync();
        var address = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, (await ann.MakeRoomAsync()).Id);
        foreach (var limit in (string[])["0", "-1", "201", "99999999999", "99999999999999999999", "x", "1.5"])
            (await ann.Http.SendAsync($"GET {address}?limit={limit}").ShouldRefuseFields()).ShouldBe(["limit"]);
        foreach (var limit in (int[])[1, 200]) await ann.Http.SendAsync($"GET {address}?limit={limit}").ShouldBe(200);
    }
}

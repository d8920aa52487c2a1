using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Maru.Server.Tests.Platform;

/// <summary>
/// The description of the REST interface for machines. That answers are as it says, every test checks (<see cref="ApiCheck"/>);
/// that the document itself is good, <c>test.sh</c> does.
/// </summary>
public sealed class ApiDocumentTests(MaruServer server) : IClassFixture<MaruServer>
{
    /// <summary>With <c>MARU_WRITE_API=true</c> it writes the file anew.</summary>
    [Fact]
    public async Task The_one_in_the_tree_is_the_one_that_the_server_gives()
    {
        var document = await server.Http.SendAsync("GET /openapi/v1.json").ShouldBe(200) + "\n";
        var ct = TestContext.Current.CancellationToken;
        var writes = Environment.GetEnvironmentVariable("MARU_WRITE_API") == "true";
        if (writes) await File.WriteAllTextAsync(DocumentedApi.Document, document, ct);
        (await File.ReadAllTextAsync(DocumentedApi.Document, ct)).ShouldBe(document, "MARU_WRITE_API=true writes it anew");
    }

    [Fact]
    public async Task Each_operation_has_a_name_of_its_own_a_summary_and_its_refusals()
    {
        var operations = (await OperationsAsync()).ToArray();
        operations.Select(operation => (string?)operation.Node["operationId"]).ShouldBeUnique();
        foreach (var (name, operation) in operations)
        {
            ((string?)operation["operationId"]).ShouldNotBeNullOrEmpty(name);
            ((string?)operation["summary"]).ShouldNotBeNullOrEmpty(name);
            var statuses = operation["responses"]!.AsObject().Select(response => response.Key);
            string[] always = name.Contains("/health/", StringComparison.Ordinal) ? ["500"] : ["429", "500", "503"];
            always.ShouldBeSubsetOf(statuses, name);
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                ((string?)parameter!["description"]).ShouldNotBeNullOrEmpty($"{name} {parameter["name"]}");
        }
    }

    [Fact]
    public async Task What_may_be_absent_is_neither_required_nor_null()
    {
        var schemas = (await DocumentAsync())["components"]!["schemas"]!;
        Required("SignupRequest").ShouldBe(["handle", "name", "password"], ignoreOrder: true);
        Required("User").ShouldBe(["id", "handle", "name"], ignoreOrder: true);
        schemas["User"]!["properties"]!["avatarUrl"]!["type"]!.ToJsonString().ShouldBe("\"string\"");
        schemas["Room"]!["properties"]!["lastMessage"]!["$ref"]!.ToString().ShouldBe("#/components/schemas/Message");
        // Here null says something.
        schemas["RoomChange"]!["properties"]!["password"]!["type"]!.ToJsonString().ShouldBe("""["null","string"]""");

        string[] Required(string schema) => [.. schemas[schema]!["required"]!.AsArray().Select(name => name!.ToString())];
    }

    [Fact]
    public async Task Each_list_says_how_many_items_a_page_may_have()
    {
        var limits = (await OperationsAsync())
            .SelectMany(operation => operation.Node["parameters"]?.AsArray() ?? [])
            .Where(parameter => parameter!["name"]!.ToString() == "limit")
            .Select(parameter => parameter!["schema"]!)
            .Select(schema => $"{schema["type"]} {schema["minimum"]} to {schema["maximum"]}, {schema["default"]}");
        limits.Distinct().ShouldBe(["integer 1 to 200, 50"]);
    }

    [Theory]
    [InlineData(200, """{"items":[],"hasMore":false}""", null)]
    [InlineData(200, """{"items":[]}""", "hasMore")]
    [InlineData(200, """{"items":[],"hasMore":"no"}""", "hasMore")]
    [InlineData(200, """{"items":[],"hasMore":false,"more":1}""", "more")]
    [InlineData(409, "", "no such status")]
    [InlineData(429, "", "Retry-After")]
    [InlineData(404, "", "no application/json")]
    public void Another_answer_than_the_documented_one_fails_the_test_that_sees_it(int status, string json, string? deviation)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = JsonContent.Create<object?>(null) };
        var found = DocumentedApi.Instance.Check("GET", "/api/rooms/1/messages", response, Encoding.UTF8.GetBytes(json));
        if (deviation is null) found.ShouldBeNull();
        else found.ShouldNotBeNull().ShouldContain(deviation);
    }

    private async Task<JsonNode> DocumentAsync() => JsonNode.Parse(await server.Http.SendAsync("GET /openapi/v1.json").ShouldBe(200))!;

    private async Task<IEnumerable<(string Name, JsonNode Node)>> OperationsAsync() =>
        from path in (await DocumentAsync())["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select ($"{operation.Key} {path.Key}", operation.Value!);
}

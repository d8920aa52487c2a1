using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Maru.Server.Tests.Kit;

/// <summary>The API document of the tree, with which responses are compared. Any thread.</summary>
internal sealed class DocumentedApi
{
    private const string Problem = "application/problem+json";
    private const string AnyBytes = "application/octet-stream";
    private const string Schemas = "#/components/schemas/";

    /// <summary>The statuses of the web server's own refusals, before a request has an address and without a body.</summary>
    private static readonly int[] Unread = [400, 414, 431];

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List };

    private readonly JsonObject _document;
    private readonly Dictionary<string, JsonSchema> _schemas;
    private readonly List<(Regex Path, JsonObject Operations)> _paths;

    private DocumentedApi(string json)
    {
        _document = JsonNode.Parse(json)!.AsObject();
        var schemas = _document["components"]!["schemas"]!.AsObject();
        _schemas = schemas.ToDictionary(schema => schema.Key, schema => Compile(schemas, schema.Key));
        // An address without parameters comes before one that has them.
        var paths = _document["paths"]!.AsObject().OrderBy(path => path.Key.Count(x => x == '{'));
        _paths = [.. paths.Select(path => (Pattern(path.Key), path.Value!.AsObject()))];
    }

    public static string Document { get; } = Repository.PathOf("docs/protocols/openapi.json");

    public static DocumentedApi Instance { get; } = new(File.ReadAllText(Document));

    /// <summary>Returns the difference between a response and the document; null: none.</summary>
    /// <param name="method">of the request</param>
    /// <param name="path">of the request, without the query</param>
    /// <param name="response">its head</param>
    /// <param name="body">null: a stream</param>
    public string? Check(string method, string path, HttpResponseMessage response, byte[]? body)
    {
        var status = (int)response.StatusCode;
        var media = response.Content.Headers.ContentType?.MediaType;
        if (Unread.Contains(status) && media is null) return null;

        var operations = _paths.FirstOrDefault(known => known.Path.IsMatch(path)).Operations;
        var name = method == "HEAD" ? "get" : method.ToLowerInvariant();
        if (operations?[name] is not JsonObject operation) return CheckUnknown(operations, status, media, response, body);

        if (operation["responses"]![$"{status}"] is not JsonObject declared) return "the document has no such status here";
        var expected = Resolve(declared);
        if (CheckHeaders(expected, response) is { } wrong) return wrong;
        if (method == "HEAD") return null;
        if (expected["content"] is not JsonObject content) return body is { Length: 0 } ? null : "a body where the document has none";
        if (media is null || (content[media] ?? content[AnyBytes]) is not JsonObject form) return $"the document has no {media} here";
        return body is null || IsBytes(form["schema"]!) ? null : CheckJson(form["schema"]!, body);
    }

    /// <summary>Checks a response that is in no document: a page, or a refusal of an address or a method.</summary>
    private string? CheckUnknown(JsonObject? operations, int status, string? media, HttpResponseMessage response, byte[]? body)
    {
        if (media == Problem && body is { Length: > 0 }) return CheckJson(Reference("Problem"), body);
        if (operations is null || status < 400 || body is { Length: 0 }) return null;
        return $"an undocumented method gets {media}; {response.Content.Headers.Allow.Count} methods are allowed";
    }

    private string? CheckHeaders(JsonObject expected, HttpResponseMessage response)
    {
        var headers = expected["headers"] as JsonObject ?? [];
        foreach (var (name, header) in headers)
        {
            if (Resolve(header!.AsObject())["required"]?.GetValue<bool>() is true && !response.Headers.Contains(name))
                return $"{name} is missing";
        }

        var undeclared = _document["components"]!["headers"]!.AsObject()
            .Where(known => response.Headers.Contains(known.Key) && !headers.ContainsKey(known.Key));
        return undeclared.Any() ? $"{undeclared.First().Key} is not in the document" : null;
    }

    private string? CheckJson(JsonNode schema, byte[] body)
    {
        if (schema["$ref"]?.GetValue<string>() is not { } reference) return "the schema has no name";
        using var json = JsonDocument.Parse(body);
        var result = _schemas[reference[Schemas.Length..]].Evaluate(json.RootElement, Options);
        if (result.IsValid) return null;
        var errors = (result.Details ?? [])
            .SelectMany(detail => (detail.Errors ?? []).Values.Select(text => $"{detail.InstanceLocation}: {text}"));
        return $"{string.Join("; ", errors)} in {json.RootElement}";
    }

    private bool IsBytes(JsonNode schema) => Resolve(schema.AsObject())["format"]?.GetValue<string>() == "binary";

    /// <summary>Returns the part of the document that a reference points to, or the node itself.</summary>
    private JsonObject Resolve(JsonObject node)
    {
        if (node["$ref"]?.GetValue<string>() is not { } reference) return node;
        return reference[2..].Split('/').Aggregate((JsonNode)_document, (place, name) => place[name]!).AsObject();
    }

    private static JsonObject Reference(string schema) => new() { ["$ref"] = Schemas + schema };

    /// <summary>Returns a pattern of the addresses that the path stands for: its parameters are ids and seqs, or texts.</summary>
    private static Regex Pattern(string path)
    {
        var numbers = Regex.Replace(Regex.Escape(path), @"\\\{(\w+Id|id|seq)}", "[1-9][0-9]*");
        return new($"^{Regex.Replace(numbers, @"\\\{\w+}", "[^/]+")}/?$");
    }

    /// <summary>Compiles the schema with all others beside it. An object has only the properties of the document.</summary>
    private static JsonSchema Compile(JsonObject schemas, string name)
    {
        var all = schemas.DeepClone().AsObject();
        foreach (var (_, schema) in all)
        {
            if (schema!["properties"] is not null) schema["additionalProperties"] = false;
        }

        var schemaWithAll = new JsonObject { ["$ref"] = Schemas + name, ["$defs"] = all };
        return JsonSchema.FromText(schemaWithAll.ToJsonString().Replace(Schemas, "#/$defs/", StringComparison.Ordinal));
    }
}

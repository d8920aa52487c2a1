using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Maru.Server.Platform.Api;

/// <summary>Schemas of the API document: those of parameters, and additions to the contracts that the framework does not see.</summary>
internal static class ApiSchemas
{
    public static OpenApiSchema Id => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" };

    public static OpenApiSchema Seq => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };

    public static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    public static OpenApiSchema Flag => new() { Type = JsonSchemaType.Boolean };

    public static OpenApiSchema OneOf(string[] values, string standard) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => JsonValue.Create(value))], Default = standard };

    public static OpenApiSchema Range(int least, int most, int standard) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int32",
        Minimum = least.ToString(CultureInfo.InvariantCulture),
        Maximum = most.ToString(CultureInfo.InvariantCulture),
        Default = standard,
    };

    /// <summary>Describes each type and property of the contracts.</summary>
    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = context.JsonTypeInfo.Type;
        // It has a converter of its own, behind which the framework sees nothing.
        if (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        if (Attribute.GetCustomAttribute(type, typeof(ExampleAttribute)) is ExampleAttribute example)
            schema.Examples = [JsonNode.Parse(example.Json)!];
        if (context.JsonPropertyInfo?.AttributeProvider is not { } property) return Task.CompletedTask;

        // Absent properties are left out and never null, except where null has a meaning.
        if (property.IsDefined(typeof(OrNullAttribute), false)) schema.Type |= JsonSchemaType.Null;
        else schema.Type &= ~JsonSchemaType.Null;
        if (context.JsonPropertyInfo.IsRequired) schema.Default = null;     // it is always there
        if (property.GetCustomAttributes(typeof(ValuesAttribute), false) is not [ValuesAttribute values]) return Task.CompletedTask;
        schema.Enum = [.. values.Values.Select(value => JsonValue.Create(value))];
        schema.Title = values.Schema;
        return Task.CompletedTask;
    }

    /// <summary>Gives each set of values that the schemas use its own schema, and removes null from schemas of objects.</summary>
    public static void Unify(IDictionary<string, IOpenApiSchema> schemas, OpenApiDocument document)
    {
        foreach (var schema in schemas.Values.OfType<OpenApiSchema>().ToArray())
        {
            foreach (var (name, property) in schema.Properties?.ToArray() ?? [])
            {
                schema.Properties![name] = Unify(property, schemas, document);
            }

        }
    }

    /// <summary>Returns the other schema of one that is null or another: absent properties are left out, not null.</summary>
    public static IOpenApiSchema WithoutNull(IOpenApiSchema schema) =>
        schema is OpenApiSchema { OneOf: [OpenApiSchema { Type: JsonSchemaType.Null }, var other] } ? other : schema;

    private static IOpenApiSchema Unify(IOpenApiSchema property, IDictionary<string, IOpenApiSchema> schemas, OpenApiDocument document)
    {
        if (property is not OpenApiSchema { Enum.Count: > 0, Title: { } name } values) return WithoutNull(property);
        schemas[name] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = values.Enum };
        return new OpenApiSchemaReference(name, document) { Description = values.Description };
    }
}

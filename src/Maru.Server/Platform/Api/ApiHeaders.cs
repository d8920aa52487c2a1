using System.Text.Json.Nodes;
using Maru.Server.Platform.Limits;
using Microsoft.OpenApi;

namespace Maru.Server.Platform.Api;

/// <summary>Headers of responses in the API document: each is described once, and responses refer to it.</summary>
internal static class ApiHeaders
{
    private const string Location = "Location";
    private const string RetryAfter = "Retry-After";
    private const string Authenticate = "WWW-Authenticate";
    private const string Accept = "Accept";
    private const string AcceptEncoding = "Accept-Encoding";
    private const string Again = "Seconds after which it is worth trying again.";

    public static IDictionary<string, IOpenApiHeader> Describe() => new Dictionary<string, IOpenApiHeader>
    {
        [Location] = Required("The address of the new resource, from the server's root.", ApiSchemas.Text, "/api/rooms/1"),
        [RetryAfter] = Required(Again, ApiSchemas.Id, 2),
        [Authenticate] = Required("How to sign in (RFC 6750).", ApiSchemas.Text, "Bearer error=\"invalid_token\""),
        [Accept] = Header("The media type that a body must have.", ApiSchemas.Text, "application/json"),
        [AcceptEncoding] = Header("The only content coding that a body may have.", ApiSchemas.Text, "identity"),
        [RateLimit.PolicyHeader] = Header(
            "The policies that this request counts against: `q` requests at once, and as many again in `w` seconds.",
            ApiSchemas.Text,
            "\"user\";q=300;w=3"),
        [RateLimit.Header] = Header(
            "The rest of each policy: `r` requests now, and one more within `t` seconds.", ApiSchemas.Text, "\"user\";r=299;t=1"),
    };

    /// <summary>Returns the headers that a response may have.</summary>
    public static IDictionary<string, IOpenApiHeader> Of(string status, bool isLimited, OpenApiDocument? document)
    {
        string[] own = status switch
        {
            "201" => [Location],
            "401" => [Authenticate],
            "415" => [Accept, AcceptEncoding],
            "429" => [RetryAfter],
            _ => [],
        };
        string[] all = isLimited ? [.. own, RateLimit.PolicyHeader, RateLimit.Header] : own;
        var headers = all.ToDictionary(name => name, name => (IOpenApiHeader)new OpenApiHeaderReference(name, document));
        if (status == "503") headers.Add(RetryAfter, Header(Again, ApiSchemas.Id, 5));      // where the server knows
        return headers;
    }

    private static OpenApiHeader Required(string description, OpenApiSchema schema, JsonNode example)
    {
        var header = Header(description, schema, example);
        header.Required = true;
        return header;
    }

    private static OpenApiHeader Header(string description, OpenApiSchema schema, JsonNode example) =>
        new() { Description = description, Schema = schema, Example = example };
}

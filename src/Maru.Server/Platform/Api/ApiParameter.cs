using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Maru.Server.Platform.Api;

/// <summary>A parameter of a request, as the API document shows it: metadata of an endpoint, or known by its name everywhere.</summary>
/// <param name="Name">as in the address or the header</param>
/// <param name="Description">a sentence</param>
/// <param name="Schema">of its value</param>
/// <param name="Example">a value</param>
internal sealed record ApiParameter(string Name, string Description, OpenApiSchema Schema, JsonNode Example)
{
    /// <summary>The parameters that mean the same at every endpoint.</summary>
    private static readonly ApiParameter[] Common =
    [
        new("roomId", "The room's id.", ApiSchemas.Id, 1),
        new("userId", "The user's id.", ApiSchemas.Id, 2),
        new("id", "Its id.", ApiSchemas.Id, 3),
        new("seq", "The message's position in the room's log.", ApiSchemas.Id, 17),
        new("q", "Text that the name contains, in any case; absent: all.", ApiSchemas.Text, "har"),
        new("Upload-Length", "Bytes that the file has.", ApiSchemas.Text, "48213"),
        new("Upload-Metadata", "What the uploader says: keys, each with a value in base64.", ApiSchemas.Text, "filename YS5wZGY="),
        new("Upload-Offset", "Bytes that are there already.", ApiSchemas.Text, "16384"),
        new("Idempotency-Key", "The sender's own key, 1 to 128 bytes: a retry stores nothing twice.", ApiSchemas.Text, "0b6f3c1e"),
    ];

    public static ApiParameter? Find(string name) => Array.Find(Common, parameter => parameter.Name == name);
}

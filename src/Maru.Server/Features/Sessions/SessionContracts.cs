using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Sessions;

/// <param name="UsedAt">the time at which its tokens were last renewed</param>
/// <param name="Current">true for the session of this request</param>
[Example(
    """
    {
      "id": 3, "device": "laptop", "createdAt": "2026-11-20T12:49:50.840Z", "usedAt": "2026-11-20T12:49:50.840Z",
      "expiresAt": "2026-12-20T12:49:50.840Z", "current": true
    }
    """)]
public sealed record Session(
    long Id, string Device, DateTimeOffset CreatedAt, DateTimeOffset UsedAt, DateTimeOffset ExpiresAt, bool Current);

public sealed record SessionList(IReadOnlyList<Session> Items);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SessionList))]
internal sealed partial class SessionJson : JsonSerializerContext;

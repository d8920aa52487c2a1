using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maru.Server.Features.Sessions;

/// <param name="UsedAt">when its tokens were renewed last</param>
/// <param name="Current">the session that asks</param>
public sealed record Session(
    long Id, string Device, DateTimeOffset CreatedAt, DateTimeOffset UsedAt, DateTimeOffset ExpiresAt, bool Current);

public sealed record SessionList(IReadOnlyList<Session> Items);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SessionList))]
internal sealed partial class SessionJson : JsonSerializerContext;

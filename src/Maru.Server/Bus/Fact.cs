using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maru.Server.Bus;

/// <summary>Something rare that all nodes must learn. Ids only: never what people wrote, never a secret.</summary>
/// <param name="Type">one of those below; who does not know it passes over it</param>
/// <param name="Users">whom it concerns</param>
internal sealed record Fact(string Type, IReadOnlyList<long> Users)
{
    public const string SessionsEnded = "sessions.ended";
    public const string ProfileChanged = "profile.changed";
    public const string RoomAdded = "room.added";
    public const string RoomRemoved = "room.removed";

    public long Room { get; init; }

    public IReadOnlyList<long> Sessions { get; init; } = [];

    /// <summary>Why the sessions ended.</summary>
    public string? Reason { get; init; }

    /// <summary>Who told it.</summary>
    public Guid Node { get; init; }

    /// <summary>Counts what the node told: PostgreSQL tells equal payloads of a transaction once, and between "added" and "added" there may be a "removed".</summary>
    public long Number { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, FactJson.Default.Fact);

    /// <summary>Null when it is none.</summary>
    public static Fact? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, FactJson.Default.Fact);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Fact))]
internal sealed partial class FactJson : JsonSerializerContext;

using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Maru.Server.Tests.Platform.Logging;

/// <summary>The fields of the log that the Elastic Common Schema has, as <c>ecs-fields.csv</c> takes them from it.</summary>
internal static class LogSchema
{
    /// <summary>Of our own values; the schema leaves it to each program, and its values are texts.</summary>
    public const string Labels = "labels.";

    /// <summary>Types, by name.</summary>
    public static IReadOnlyDictionary<string, string> Types { get; } = Rows().ToDictionary(row => row[0], row => row[1]);

    private static readonly HashSet<string> Lists = [.. Rows().Where(row => row[2] == "array").Select(row => row[0])];

    /// <summary>Returns what is wrong with a field; null: nothing.</summary>
    public static string? FaultOf(JsonProperty field)
    {
        if (field.Name.StartsWith(Labels, StringComparison.Ordinal))
            return field.Value.ValueKind == JsonValueKind.String ? null : $"{field} is no text";
        if (!Types.TryGetValue(field.Name, out var type)) return $"{field.Name} is not in the schema";
        if (Lists.Contains(field.Name) != (field.Value.ValueKind == JsonValueKind.Array)) return $"{field} is a list, or should be one";
        JsonElement[] values = field.Value.ValueKind == JsonValueKind.Array ? [.. field.Value.EnumerateArray()] : [field.Value];
        return values.All(value => IsOf(type, value)) ? null : $"{field} is no {type}";
    }

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "long" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ when value.ValueKind != JsonValueKind.String => false,
        "date" => DateTimeOffset.TryParseExact(
            value.GetString(), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        "ip" => IPAddress.TryParse(value.GetString(), out _),
        "keyword" or "wildcard" or "match_only_text" => true,
        _ => throw new InvalidDataException($"The type {type} is new: say here what it is in JSON."),
    };

    private static IEnumerable<string[]> Rows() =>
        from line in Repository.Read("tests/Maru.Server.Tests/Platform/Logging/ecs-fields.csv").Split('\n')
        where line.Length > 0 && line[0] != '#'
        select line.Split(',');
}

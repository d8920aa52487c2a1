using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maru.Load.Scenarios;

/// <summary>A fault and its time. The commands behind the names are given at the call (<c>--fault name="command"</c>).</summary>
internal sealed record Fault
{
    /// <summary>Seconds from the beginning of measuring; also as text: "500ms", "20s", "2m".</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public double At { get; init; }

    /// <summary>Seconds after which it is repeated, while messages are sent; 0 = once.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public double Every { get; init; }

    /// <summary>Seconds from its beginning in which messages due are not judged by <c>calm…</c> and the attacks' measures.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public double Apart { get; init; }

    /// <summary>The command's name.</summary>
    public string? Run { get; init; }

    /// <summary>Names, one of which is drawn each time. Without these and <see cref="Run"/>: one of all commands given.</summary>
    public IReadOnlyList<string> OneOf { get; init; } = [];
}

/// <summary>Seconds: a number, or a text with its unit.</summary>
internal sealed class SecondsConverter : JsonConverter<double>
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60)];

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return reader.GetDouble();
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return number * seconds;
        }

        throw new JsonException("A time is a number of seconds, or a text such as \"500ms\", \"20s\" or \"2m\".");
    }

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

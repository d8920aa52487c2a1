using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maru.Server.Features.Accounts;

/// <summary>Whether a person wants to be left alone: in JSON <c>true</c>, <c>false</c> or the time until which.</summary>
/// <param name="Until">unix milliseconds; 0: they do not</param>
[JsonConverter(typeof(QuietJson))]
public readonly record struct Quiet(long Until)
{
    /// <summary>Until they say otherwise: the year 9999.</summary>
    public const long Always = 253_402_300_799_000;

    /// <summary>Reads it; null: it is something else.</summary>
    internal static Quiet? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => new Quiet(Always),
        JsonValueKind.False => new Quiet(0),
        JsonValueKind.String when value.TryGetDateTimeOffset(out var until) =>
            new Quiet(Math.Clamp(until.ToUnixTimeMilliseconds(), 0, Always)),
        _ => null,
    };

    /// <summary>Returns it as it is at that time: what is over is no more.</summary>
    internal Quiet At(DateTimeOffset now) => Until > now.ToUnixTimeMilliseconds() ? this : default;
}

internal sealed class QuietJson : JsonConverter<Quiet>
{
    public override Quiet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Quiet.Read(JsonElement.ParseValue(ref reader)) ?? throw new JsonException();

    public override void Write(Utf8JsonWriter writer, Quiet value, JsonSerializerOptions options)
    {
        if (value.Until is 0 or >= Quiet.Always)
        {
            writer.WriteBooleanValue(value.Until > 0);
            return;
        }

        var time = DateTimeOffset.FromUnixTimeMilliseconds(value.Until).UtcDateTime;
        writer.WriteStringValue(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}

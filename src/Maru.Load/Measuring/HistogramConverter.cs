using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maru.Load.Measuring;

/// <summary>
/// A histogram in a result: <c>{"total": ns, "max": ns, "counts": [bucket, count, bucket, count, …]}</c>, without the empty buckets.
/// </summary>
internal sealed class HistogramConverter : JsonConverter<Histogram>
{
    public override Histogram Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var filled = JsonSerializer.Deserialize<Filled>(ref reader, options) ?? throw new JsonException("a histogram is missing.");
        return Histogram.Of(filled.Counts, filled.Total, filled.Max);
    }

    public override void Write(Utf8JsonWriter writer, Histogram value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("total", value.TotalNanoseconds);
        writer.WriteNumber("max", value.MaxNanoseconds);
        writer.WritePropertyName("counts");
        writer.WriteRawValue(JsonSerializer.Serialize(value.Filled())); // on one line, however the rest is indented
        writer.WriteEndObject();
    }

    private sealed record Filled(long Total, long Max, long[] Counts);
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Maru.Server.Platform;

/// <summary>
/// The format of all JSON: camelCase, which is read letter by letter too, absent instead of null, times in UTC with milliseconds, other
/// scripts unescaped. Slices add their generated contexts.
/// </summary>
internal static class Json
{
    public static void AddJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(options => Configure(options.SerializerOptions));

    public static void AddJson(this IServiceCollection services, IJsonTypeInfoResolver context) =>
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, context));

    /// <summary>Returns a slice's context that writes the same JSON outside of responses: events, and entries of logs.</summary>
    /// <param name="make">its constructor</param>
    public static T ForEvents<T>(Func<JsonSerializerOptions, T> make) where T : JsonSerializerContext
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(json);
        return make(json);
    }

    private static void Configure(JsonSerializerOptions json)
    {
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.AllowDuplicateProperties = false;
        json.PropertyNameCaseInsensitive = false;
        json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;   // safe: responses are application/json, never HTML
        json.Converters.Add(new UtcTimes());
    }

    /// <summary>RFC 3339, always <c>2026-11-20T11:24:00.000Z</c>.</summary>
    private sealed class UtcTimes : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}

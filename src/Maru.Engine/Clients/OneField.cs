using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Maru.Engine.Problems;

namespace Maru.Engine.Clients;

/// <summary>Reads a body that has one field: <c>{"typing":true}</c>. Fields of other names are ignored, as everywhere.</summary>
internal static class OneField
{
    private static readonly Refusal NoObject = new(Problem.Malformed, "The body must be a JSON object.");
    private static readonly Refusal Twice = new(Problem.Malformed, "A field stands twice in the body.");

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public static bool TryReadFlag(ReadOnlySpan<byte> json, string name, out bool value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = false;
        if (!TryRead(json, name, out var kind, out _, out refusal)) return false;
        value = kind == JsonValueKind.True;
        if (!value && kind != JsonValueKind.False) refusal = new Refusal(Problem.Invalid, $"{name} must be true or false.", name);
        return refusal is null;
    }

    /// <summary>Reads one of some texts.</summary>
    public static bool TryReadChoice(
        ReadOnlySpan<byte> json, string name, string[] choices, out string value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = "";
        if (!TryRead(json, name, out _, out value, out refusal)) return false;
        if (!choices.Contains(value)) refusal = new Refusal(Problem.Invalid, $"{name} must be {string.Join(" or ", choices)}.", name);
        return refusal is null;
    }

    /// <summary>Reads the field's value.</summary>
    /// <param name="json">the body</param>
    /// <param name="name">the field's</param>
    /// <param name="kind">what it is; undefined where it is absent</param>
    /// <param name="text">the text that it is; else empty</param>
    /// <param name="refusal">the reason why the body cannot be read</param>
    private static bool TryRead(
        ReadOnlySpan<byte> json, string name, out JsonValueKind kind, out string text, [NotNullWhen(false)] out Refusal? refusal)
    {
        (kind, text, refusal) = (JsonValueKind.Undefined, "", null);
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];      // RFC 8259, 8.1
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object) refusal = NoObject;
            else if (json[(int)reader.BytesConsumed..].ContainsAnyExcept(" \t\r\n"u8)) refusal = NoObject;
            if (refusal is not null) return false;
            var count = 0;
            foreach (var field in document.RootElement.EnumerateObject())
            {
                if (!field.NameEquals(name)) continue;
                if (++count > 1) refusal = Twice;
                kind = field.Value.ValueKind;
                text = kind == JsonValueKind.String ? field.Value.GetString()! : "";
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            refusal = new Refusal(Problem.Malformed, "The body is not valid JSON in UTF-8.");
        }

        return refusal is null;
    }
}

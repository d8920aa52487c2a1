using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Maru.Engine.Codecs;

/// <summary>A thread's own JSON writer, used again and again: an object costs its bytes and nothing else. One object at a time.</summary>
internal sealed class JsonScratch
{
    /// <summary>The format of all JSON outside of HTTP responses: without white space, and with letters unescaped.</summary>
    public static readonly JsonWriterOptions Compact = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [ThreadStatic]
    private static JsonScratch? Mine;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    private JsonScratch() => Writer = new Utf8JsonWriter(_buffer, Compact);

    public Utf8JsonWriter Writer { get; }

    public static JsonScratch BeginObject()
    {
        var scratch = Mine ??= new JsonScratch();
        scratch._buffer.ResetWrittenCount();
        scratch.Writer.Reset(scratch._buffer);
        scratch.Writer.WriteStartObject();
        return scratch;
    }

    public byte[] EndObject()
    {
        Writer.WriteEndObject();
        Writer.Flush();
        return _buffer.WrittenSpan.ToArray();
    }
}

internal static class JsonWriting
{
    /// <summary>Writes a property whose value is JSON already.</summary>
    public static void WriteRaw(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }
}

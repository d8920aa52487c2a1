using System.Buffers;
using System.Text.Json;

namespace Maru.Engine.Log;

/// <summary>RFC 9457 problem details as bytes, for transports without HTTP.</summary>
internal static class ProblemJson
{
    public static byte[] Write(Problem problem, string? detail)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("type"u8, problem.Slug);
        writer.WriteString("title"u8, problem.Title);
        writer.WriteNumber("status"u8, problem.Status);
        if (detail is not null) writer.WriteString("detail"u8, detail);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Maru.Server.Platform.Logging;

/// <summary>Writes lines, one after the other, into a buffer that it keeps. One thread at a time.</summary>
internal sealed class EcsLine : IDisposable
{
    /// <summary>Labels of a line. Ours have ten at most; a library's may have more.</summary>
    private const int MaxLabels = 24;

    private const int MaxLabelName = 64;
    private const int MaxLabelNames = 1024;

    /// <summary>Where the framework puts a message's template.</summary>
    private const string Template = "{OriginalFormat}";

    private static readonly ConcurrentDictionary<string, string> LabelNames = new();

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly List<string> _labels = [];

    public EcsLine() => _json = new Utf8JsonWriter(_bytes);

    /// <summary>The line that was made last, without its end.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public int Capacity => _bytes.Capacity;

    /// <param name="service">what all lines say</param>
    /// <param name="entry">what this one says</param>
    /// <param name="limit">characters that a text may have; a stack trace four times as many</param>
    public ReadOnlySpan<byte> Make(EcsService service, in EcsEntry entry, int limit)
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        _labels.Clear();
        _json.WriteStartObject();
        WriteHead(service, entry, limit);
        var facts = new EcsFacts();
        for (var i = 0; i < entry.Values.Count; i++)
        {
            var (name, value) = entry.Values[i];
            if (value is not null && name != Template && !facts.Take(entry.Logger, name, value)) WriteLabel(name, value, limit);
        }

        WriteFacts(facts, entry, limit);
        if (entry.Exception is { } e) WriteError(e, limit);
        _json.WriteEndObject();
        _json.Flush();
        return Bytes;
    }

    public void Dispose() => _json.Dispose();

    /// <summary>Time, level and message come first: that is where people look.</summary>
    private void WriteHead(EcsService service, in EcsEntry entry, int limit)
    {
        Span<char> time = stackalloc char[32];
        entry.Time.UtcDateTime.TryFormat(time, out var length, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        _json.WriteString("@timestamp"u8, time[..length]);
        _json.WriteString("log.level"u8, LevelOf(entry.Level));
        Write("message"u8, entry.Message, limit);
        _json.WriteString("ecs.version"u8, "8.11.0"u8);
        Write("log.logger"u8, entry.Logger, limit);
        _json.WriteString("event.dataset"u8, service.Name);
        if (entry.Event.Name is { } code) Write("event.code"u8, code, limit);
        _json.WriteString("service.name"u8, service.Name);
        _json.WriteString("service.version"u8, service.Version);
        _json.WriteString("service.node.name"u8, service.Node);
        _json.WriteString("host.hostname"u8, service.Host);
        _json.WriteNumber("process.pid"u8, service.Process);
    }

    private void WriteFacts(in EcsFacts facts, in EcsEntry entry, int limit)
    {
        if (entry.Activity is { } activity)
        {
            _json.WriteString("trace.id"u8, activity.TraceId.ToHexString());
            _json.WriteString("span.id"u8, activity.SpanId.ToHexString());
        }

        Write("transaction.id"u8, entry.Request?.TransactionId, limit);
        Write("http.request.id"u8, entry.Request?.RequestId, limit);
        Write("http.request.method"u8, facts.Method, limit);
        if (facts.Status is { } status) _json.WriteNumber("http.response.status_code"u8, status);
        Write("user.id"u8, facts.User ?? EcsFacts.Text(entry.Request?.User), limit);
        Write("user.target.id"u8, facts.Target, limit);
        Write("client.ip"u8, facts.ClientIp, limit);
        if (facts.Duration is { } duration) _json.WriteNumber("event.duration"u8, duration);
        if (facts.Categories is null || facts.Types is null) return;
        _json.WriteString("event.kind"u8, "event"u8);
        Write("event.category"u8, facts.Categories);
        Write("event.type"u8, facts.Types);
        Write("event.action"u8, facts.Action, limit);
        Write("event.outcome"u8, facts.Outcome, limit);
        Write("event.reason"u8, facts.Reason, limit);
    }

    private void WriteError(Exception e, int limit)
    {
        Write("error.type"u8, e.GetType().FullName, limit);
        Write("error.message"u8, ErrorText.Messages(e), limit);
        Write("error.stack_trace"u8, ErrorText.StackTrace(e), 4 * limit);
    }

    /// <summary>Labels are all texts: the same name may have a number in one message, and a word in another.</summary>
    private void WriteLabel(string name, object value, int limit)
    {
        var label = LabelOf(name);
        if (_labels.Count == MaxLabels || _labels.Contains(label)) return;
        _labels.Add(label);
        if (EcsFacts.Text(value) is { } text) _json.WriteString(label, Bounded(text, limit));
    }

    private void Write(ReadOnlySpan<byte> name, string? text, int limit)
    {
        if (text is not null) _json.WriteString(name, Bounded(text, limit));
    }

    private void Write(ReadOnlySpan<byte> name, string[] words)
    {
        _json.WriteStartArray(name);
        foreach (var word in words) _json.WriteStringValue(word);
        _json.WriteEndArray();
    }

    /// <summary>Returns the beginning of a text that is longer, and how many characters follow it.</summary>
    private static string Bounded(string text, int limit)
    {
        if (text.Length <= limit) return text;
        var length = char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, length)}... ({text.Length - length} more)");
    }

    /// <summary><c>RoomId</c> is <c>labels.room_id</c>. Names come from the program's templates, so there are few.</summary>
    private static string LabelOf(string name)
    {
        if (LabelNames.TryGetValue(name, out var label)) return label;
        var snake = JsonNamingPolicy.SnakeCaseLower.ConvertName(name.Length <= MaxLabelName ? name : name[..MaxLabelName]);
        label = $"labels.{string.Concat(snake.Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '_'))}";
        if (LabelNames.Count < MaxLabelNames) LabelNames.TryAdd(name, label);
        return label;
    }

    private static ReadOnlySpan<byte> LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace"u8,
        LogLevel.Debug => "debug"u8,
        LogLevel.Information => "info"u8,
        LogLevel.Warning => "warn"u8,
        LogLevel.Error => "error"u8,
        _ => "critical"u8,
    };
}

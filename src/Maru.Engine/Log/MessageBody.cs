using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Maru.Engine.Codecs;
using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>The body of a send, <c>{text, replyTo?, files?}</c> or <c>{forward: {roomId, seq}, replyTo?}</c>, read off its bytes.</summary>
internal readonly struct MessageBody
{
    private static readonly Refusal NotJson = new(Problem.Malformed, "The body is not valid JSON in UTF-8.");
    private static readonly Refusal NoObject = new(Problem.Malformed, "The body must be a JSON object.");
    private static readonly Refusal Twice = new(Problem.Malformed, "A field stands twice in the body.");    // RFC 7493, 2.3

    private static readonly Refusal NoFiles = Wrong("files", $"files must be an array of at most {Attachments.Most} ids, none twice.");

    [Flags]
    private enum Fields : byte
    {
        None = 0,
        Text = 1,
        ReplyTo = 2,
        Files = 4,
        Forward = 8,
        ForwardRoom = 16,
        ForwardSeq = 32,
    }

    /// <summary>
    /// The text as typed: UTF-8, unescaped, with something in it that can be seen. Empty in a forward, and where there are files alone.
    /// </summary>
    public required byte[] Text { get; init; }

    /// <summary>The seq replied to, or 0.</summary>
    public long ReplyTo { get; init; }

    /// <summary>The ids of its files, none twice.</summary>
    public IReadOnlyList<long> Files { get => field ?? []; init; }

    /// <summary>The message to forward; null: none.</summary>
    public Forward? Forward { get; init; }

    /// <summary>What looks like a mention in the text.</summary>
    public IReadOnlyList<MentionWord> Mentions { get => field ?? []; init; }

    /// <summary>Reads and checks a body; false: <paramref name="refusal"/> says why not.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, int maxTextBytes, out MessageBody body, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = Read(json, isEdit: false, out body) ?? TextRules.RefuseSize(body.Text.Length, "text", maxTextBytes);
        return refusal is null;
    }

    /// <summary>
    /// Reads and checks the body of an edit, <c>{text}</c>. The text may be empty: whether the message has files is known where it is.
    /// </summary>
    /// <inheritdoc cref="TryRead"/>
    public static bool TryReadEdit(
        ReadOnlySpan<byte> json, int maxTextBytes, out MessageBody body, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = Read(json, isEdit: true, out body) ?? TextRules.RefuseSize(body.Text.Length, "text", maxTextBytes);
        if (refusal is null && body.Forward is not null) refusal = Wrong("forward", "An edit gives a text.");
        return refusal is null;
    }

    /// <summary>Returns why these cannot be the ids of a message's files; null: they can.</summary>
    public static Refusal? RefuseFiles(IReadOnlyList<long> files) =>
        files.Count > Attachments.Most || files.Any(id => id < 1) || files.Distinct().Count() < files.Count ? NoFiles : null;

    private static Refusal? Read(ReadOnlySpan<byte> json, bool isEdit, out MessageBody body)
    {
        body = default;
        // A byte order mark may be ignored (RFC 8259, 8.1), so it is.
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        // The JSON reader does not look inside strings; one bad byte in a text frame would make every receiver's WebSocket fail.
        if (!Utf8.IsValid(json)) return NotJson;
        byte[]? text = null;
        long replyTo = 0;
        Forward? forward = null;
        List<long> files = [];
        var seen = Fields.None;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return NoObject;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("text"u8))
                {
                    if (!IsFirst(ref seen, Fields.Text)) return Twice;
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.Null) continue;
                    if (reader.TokenType != JsonTokenType.String) return Wrong("text", "text must be a string.");
                    text = ReadText(ref reader);
                }
                else if (reader.ValueTextEquals("replyTo"u8))
                {
                    if (!IsFirst(ref seen, Fields.ReplyTo)) return Twice;
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.Null) continue;
                    if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out replyTo) || replyTo < 1)
                        return Wrong("replyTo", "replyTo must be the seq of a message.");
                }
                else if (reader.ValueTextEquals("files"u8))
                {
                    if (!IsFirst(ref seen, Fields.Files)) return Twice;
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.Null) continue;
                    if (ReadFiles(ref reader, out files) is { } refusal) return refusal;
                }
                else if (reader.ValueTextEquals("forward"u8))
                {
                    if (!IsFirst(ref seen, Fields.Forward)) return Twice;
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.Null) continue;
                    if (ReadForward(ref reader, ref seen, out forward) is { } refusal) return refusal;
                }
                else
                {
                    reader.Skip();
                }
            }

            // What follows the object must be white space: the reader throws otherwise.
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return NotJson;
        }

        if (forward is not null)
        {
            if (text is { Length: > 0 }) return Wrong("text", "text must be left out in a forward: say your own words in another message.");
            if (files.Count > 0) return Wrong("files", "files must be left out in a forward: it has those of the message.");
            body = new MessageBody { Text = [], ReplyTo = replyTo, Forward = forward };
            return null;
        }

        if (text is null && (isEdit || files.Count == 0)) return Wrong("text", "text must be given.");
        text ??= [];
        var mayBeEmpty = isEdit || files.Count > 0;
        if ((mayBeEmpty ? TextRules.RefuseUnfinished(text, "text") : TextRules.Refuse(text, "text")) is { } bad) return bad;
        body = new MessageBody { Text = text, ReplyTo = replyTo, Files = files, Mentions = MentionScan.Find(text) };
        return null;
    }

    /// <summary>Reads an array of ids, at whose beginning the reader is.</summary>
    private static Refusal? ReadFiles(ref Utf8JsonReader reader, out List<long> files)
    {
        files = [];
        if (reader.TokenType != JsonTokenType.StartArray) return NoFiles;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var id) || id < 1 || files.Contains(id)) return NoFiles;
            if (files.Count == Attachments.Most) return NoFiles;
            files.Add(id);
        }

        return null;
    }

    /// <summary>Reads <c>{roomId, seq}</c>, at whose beginning the reader is.</summary>
    private static Refusal? ReadForward(ref Utf8JsonReader reader, ref Fields seen, out Forward? forward)
    {
        forward = null;
        var wrong = Wrong("forward", "forward must be {roomId, seq}: a message.");
        if (reader.TokenType != JsonTokenType.StartObject) return wrong;
        var (room, seq) = (0L, 0L);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.ValueTextEquals("roomId"u8) ? Fields.ForwardRoom
                : reader.ValueTextEquals("seq"u8) ? Fields.ForwardSeq : Fields.None;
            if (field == Fields.None)
            {
                reader.Skip();
                continue;
            }

            if (!IsFirst(ref seen, field)) return Twice;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value) || value < 1) return wrong;
            if (field == Fields.ForwardRoom) room = value;
            else seq = value;
        }

        if (room == 0 || seq == 0) return wrong;
        forward = new Forward(new RoomId(room), seq);
        return null;
    }

    private static bool IsFirst(ref Fields seen, Fields field)
    {
        var first = (seen & field) == 0;
        seen |= field;
        return first;
    }

    private static Refusal Wrong(string field, string detail) => new(Problem.Invalid, detail, field);

    private static byte[] ReadText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan.ToArray();
        var text = new byte[reader.ValueSpan.Length];
        return text[..reader.CopyString(text)];
    }
}

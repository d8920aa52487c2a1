using System.Buffers;
using System.Text.Json;

namespace Maru.Engine.Log;

/// <summary>What a message says, as bytes: one shape for live events, history, REST answers and search.</summary>
public readonly ref struct MessageFields
{
    public required RoomId Room { get; init; }

    public required long Seq { get; init; }

    /// <summary><see cref="EntryType.MessageCreated"/>, or what a system message reports.</summary>
    public required EntryType Type { get; init; }

    /// <summary>The sender as <c>user</c> JSON.</summary>
    public required ReadOnlySpan<byte> Sender { get; init; }

    /// <summary>UTF-8, empty for system messages and tombstones.</summary>
    public required ReadOnlySpan<byte> Text { get; init; }

    /// <summary>Unix milliseconds, UTC; 0 where it never happened.</summary>
    public required long At { get; init; }

    public long EditedAt { get; init; }

    public long DeletedAt { get; init; }

    /// <summary>The seq replied to, or 0.</summary>
    public long ReplyTo { get; init; }

    /// <summary>UTF-8, empty when the sender gave none.</summary>
    public ReadOnlySpan<byte> ClientKey { get; init; }

    /// <summary>Whom a system message is about, as <c>user</c> JSON; empty when nobody.</summary>
    public ReadOnlySpan<byte> Subject { get; init; }

    /// <summary>The room as it is after a change, as <c>room</c> JSON; empty otherwise.</summary>
    public ReadOnlySpan<byte> RoomState { get; init; }
}

/// <summary>Writes <c>message</c> and the room events around it: the only place that knows their JSON.</summary>
public static class MessageJson
{
    private static readonly JsonWriterOptions Compact = new() { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? Writer;

    /// <summary>The event of an entry: <c>{"type":…,"roomId":…,"seq":…,"message":{…}}</c>, with <c>user</c> or <c>room</c> where the type has one.</summary>
    public static byte[] Event(EntryType type, long seq, in MessageFields message)
    {
        var writer = Begin(out var buffer);
        writer.WriteStartObject();
        writer.WriteString("type"u8, Name(type));
        writer.WriteNumber("roomId"u8, message.Room.Value);
        writer.WriteNumber("seq"u8, seq);
        if (!message.Subject.IsEmpty && type is EntryType.MemberJoined or EntryType.MemberLeft) WriteRaw(writer, "user"u8, message.Subject);
        if (!message.RoomState.IsEmpty) WriteRaw(writer, "room"u8, message.RoomState);
        writer.WritePropertyName("message"u8);
        Write(writer, message);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>One <c>message</c> object.</summary>
    public static void Write(Utf8JsonWriter writer, in MessageFields message)
    {
        var system = message.Type != EntryType.MessageCreated;
        writer.WriteStartObject();
        writer.WriteNumber("roomId"u8, message.Room.Value);
        writer.WriteNumber("seq"u8, message.Seq);
        writer.WriteString("kind"u8, system ? "system"u8 : "message"u8);
        WriteRaw(writer, "sender"u8, message.Sender);
        writer.WriteString("text"u8, message.Text);
        WriteTime(writer, "at"u8, message.At);
        if (!message.ClientKey.IsEmpty) writer.WriteString("clientKey"u8, message.ClientKey);
        if (message.ReplyTo > 0) writer.WriteNumber("replyTo"u8, message.ReplyTo);
        if (message.EditedAt > 0) WriteTime(writer, "editedAt"u8, message.EditedAt);
        if (message.DeletedAt > 0) WriteTime(writer, "deletedAt"u8, message.DeletedAt);
        if (system)
        {
            writer.WriteString("event"u8, Name(message.Type));
            if (!message.Subject.IsEmpty) WriteRaw(writer, "subject"u8, message.Subject);
        }

        WriteRaw(writer, "reactions"u8, "[]"u8);
        WriteRaw(writer, "files"u8, "[]"u8);
        writer.WriteEndObject();
    }

    /// <summary>A <c>user</c> object as bytes, to be kept and written many times.</summary>
    public static byte[] User(UserId id, string handle, string name, string? avatarUrl)
    {
        var writer = Begin(out var buffer);
        writer.WriteStartObject();
        writer.WriteNumber("id"u8, id.Value);
        writer.WriteString("handle"u8, handle);
        writer.WriteString("name"u8, name);
        if (avatarUrl is not null) writer.WriteString("avatarUrl"u8, avatarUrl);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> Name(EntryType type) => type switch
    {
        EntryType.MessageCreated => "message.created"u8,
        EntryType.MessageEdited => "message.edited"u8,
        EntryType.MessageDeleted => "message.deleted"u8,
        EntryType.MemberJoined => "member.joined"u8,
        EntryType.MemberLeft => "member.left"u8,
        EntryType.RoomDeleted => "room.deleted"u8,
        _ => "room.changed"u8,
    };

    private static Utf8JsonWriter Begin(out ArrayBufferWriter<byte> buffer)
    {
        buffer = Buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        var writer = Writer ??= new Utf8JsonWriter(buffer, Compact);
        writer.Reset(buffer);
        return writer;
    }

    private static void WriteRaw(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }

    private static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long unixMilliseconds)
    {
        Span<byte> text = stackalloc byte[24];
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime.TryFormat(text, out var length, "yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }
}

using System.Text;
using System.Text.Json;
using Maru.Engine.Codecs;

namespace Maru.Engine.Log;

/// <summary>The fields of a message, as bytes: one shape for live events, history, REST responses and search.</summary>
public readonly ref struct MessageFields
{
    public required RoomId Room { get; init; }

    public required long Seq { get; init; }

    /// <summary>A kind that is shown: a person's message, or what a system message reports.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>The sender as <c>user</c> JSON.</summary>
    public required ReadOnlySpan<byte> Sender { get; init; }

    /// <summary>UTF-8, empty for system messages and tombstones.</summary>
    public required ReadOnlySpan<byte> Text { get; init; }

    /// <summary>Unix milliseconds, UTC; 0 where it did not happen.</summary>
    public required long At { get; init; }

    public long EditedAt { get; init; }

    public long DeletedAt { get; init; }

    /// <summary>The seq replied to, or 0.</summary>
    public long ReplyTo { get; init; }

    /// <summary>UTF-8, empty when the sender gave none.</summary>
    public ReadOnlySpan<byte> ClientKey { get; init; }

    /// <summary>How many have not read it; null: not told, as in events, and never of a system message.</summary>
    public long? UnreadBy { get; init; }

    /// <summary>True: the reader has starred it. Never in events.</summary>
    public bool IsStarred { get; init; }

    /// <summary>The user whom a system message is about, as <c>user</c> JSON; empty when nobody.</summary>
    public ReadOnlySpan<byte> Subject { get; init; }

    /// <summary>True: the subject, who was taken out, is banned since then.</summary>
    public bool IsBan { get; init; }

    /// <summary>The room as it is after a change, as <c>room</c> JSON; empty otherwise.</summary>
    public ReadOnlySpan<byte> RoomState { get; init; }

    /// <summary>The reactions to it, as a JSON array; empty when there are none.</summary>
    public ReadOnlySpan<byte> Reactions { get; init; }

    /// <summary>Who is mentioned and where, as a JSON array: see <see cref="Log.Mentions"/>; empty when nobody.</summary>
    public ReadOnlySpan<byte> Mentions { get; init; }

    /// <summary>Its files, as a JSON array; empty when there are none.</summary>
    public ReadOnlySpan<byte> Files { get; init; }

    /// <summary>Where its text has what somebody searched for, as a JSON array; empty: nobody did.</summary>
    public ReadOnlySpan<byte> Highlights { get; init; }

    /// <summary>Where the names of its files have it, as a JSON array; empty: none has.</summary>
    public ReadOnlySpan<byte> FileHighlights { get; init; }

    /// <summary>What its links lead to, as a JSON array; empty when nothing is known.</summary>
    public ReadOnlySpan<byte> Previews { get; init; }

    /// <summary>It is the question of a poll, deleted or not.</summary>
    public bool IsPoll { get; init; }

    /// <summary>The poll, as a JSON object; empty when there is none.</summary>
    public ReadOnlySpan<byte> Poll { get; init; }

    /// <summary>
    /// The ids of the options for which the reader has voted, with commas between: <c>1,3</c>; null: not told, as in events.
    /// </summary>
    public string? Votes { get; init; }

    /// <summary>Where its text was said first, as a JSON object: see <see cref="Origin"/>; empty: here.</summary>
    public ReadOnlySpan<byte> ForwardedFrom { get; init; }

    /// <summary>
    /// The message that it replies to, as a JSON object: see <see cref="MessageJson.Quote"/>; empty: not told, as in events.
    /// </summary>
    public ReadOnlySpan<byte> Quote { get; init; }

    /// <summary>
    /// How many replies to it are not deleted. 0 in events, which are told again in the message's present state: clients count the replies
    /// that follow, and would count some twice.
    /// </summary>
    public long Replies { get; init; }
}

/// <summary>Writes <c>message</c> and <c>user</c>: the only place that knows their JSON.</summary>
public static class MessageJson
{
    /// <summary>One <c>message</c> object.</summary>
    public static void Write(Utf8JsonWriter writer, in MessageFields message)
    {
        writer.WriteStartObject();
        writer.WriteNumber("roomId"u8, message.Room.Value);
        writer.WriteNumber("seq"u8, message.Seq);
        writer.WriteString("kind"u8, message.IsPoll ? "poll"u8 : NameOf(message.Kind.Shown));
        writer.WriteRaw("sender"u8, message.Sender);
        writer.WriteString("text"u8, message.Text);
        WriteTime(writer, "at"u8, message.At);
        if (!message.ClientKey.IsEmpty) writer.WriteString("clientKey"u8, message.ClientKey);
        if (!message.Mentions.IsEmpty) writer.WriteRaw("mentions"u8, message.Mentions);
        if (message.ReplyTo > 0) writer.WriteNumber("replyTo"u8, message.ReplyTo);
        if (!message.Quote.IsEmpty) writer.WriteRaw("quote"u8, message.Quote);
        if (!message.ForwardedFrom.IsEmpty) writer.WriteRaw("forwardedFrom"u8, message.ForwardedFrom);
        if (message.EditedAt > 0) WriteTime(writer, "editedAt"u8, message.EditedAt);
        if (message.DeletedAt > 0) WriteTime(writer, "deletedAt"u8, message.DeletedAt);
        if (message.Kind.Shown == Shown.AsSystem)
        {
            writer.WriteString("event"u8, message.Kind.Event);
            if (!message.Subject.IsEmpty) writer.WriteRaw("subject"u8, message.Subject);
            if (message.IsBan) writer.WriteBoolean("banned"u8, true);
        }

        writer.WriteRaw("reactions"u8, message.Reactions.IsEmpty ? "[]"u8 : message.Reactions);
        writer.WriteRaw("files"u8, message.Files.IsEmpty ? "[]"u8 : message.Files);
        if (!message.Previews.IsEmpty) writer.WriteRaw("previews"u8, message.Previews);
        if (!message.Poll.IsEmpty) WritePoll(writer, message.Poll, message.Votes);
        if (message is { UnreadBy: { } unreadBy, Kind.IsMessage: true }) writer.WriteNumber("unreadBy"u8, unreadBy);
        if (message.Replies > 0) writer.WriteNumber("replies"u8, message.Replies);
        if (!message.Highlights.IsEmpty) writer.WriteRaw("highlights"u8, message.Highlights);
        if (!message.FileHighlights.IsEmpty) writer.WriteRaw("fileHighlights"u8, message.FileHighlights);
        if (message.IsStarred) writer.WriteBoolean("starred"u8, true);
        writer.WriteEndObject();
    }

    /// <summary>A <c>user</c> object as bytes, to be kept and written many times.</summary>
    public static byte[] User(UserId id, string handle, string name, string? avatarUrl)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteNumber("id"u8, id.Value);
        json.Writer.WriteString("handle"u8, handle);
        json.Writer.WriteString("name"u8, name);
        if (avatarUrl is not null) json.Writer.WriteString("avatarUrl"u8, avatarUrl);
        return json.EndObject();
    }

    /// <inheritdoc cref="User(UserId, string, string, string?)"/>
    /// <remarks>From UTF-8; the avatar's address is empty where there is none.</remarks>
    public static byte[] User(UserId id, ReadOnlySpan<byte> handle, ReadOnlySpan<byte> name, ReadOnlySpan<byte> avatarUrl)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteNumber("id"u8, id.Value);
        json.Writer.WriteString("handle"u8, handle);
        json.Writer.WriteString("name"u8, name);
        if (!avatarUrl.IsEmpty) json.Writer.WriteString("avatarUrl"u8, avatarUrl);
        return json.EndObject();
    }

    /// <summary>The <c>quote</c> of a reply as bytes: the message that it replies to.</summary>
    /// <param name="seq">of that message</param>
    /// <param name="sender">as <c>user</c> JSON</param>
    /// <param name="text">its beginning; empty when it is deleted</param>
    /// <param name="files">a JSON array of them; empty: there are none, or it is deleted</param>
    /// <param name="deletedAt">unix milliseconds, or 0</param>
    public static byte[] Quote(long seq, ReadOnlySpan<byte> sender, string text, ReadOnlySpan<byte> files, long deletedAt)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteNumber("seq"u8, seq);
        json.Writer.WriteRaw("sender"u8, sender);
        json.Writer.WriteString("text"u8, text);
        if (!files.IsEmpty) json.Writer.WriteRaw("files"u8, files);
        if (deletedAt > 0) WriteTime(json.Writer, "deletedAt"u8, deletedAt);
        return json.EndObject();
    }

    /// <summary>The <c>quote</c> of a reply for a reader who does not see the message that it replies to.</summary>
    public static byte[] HiddenQuote(long seq)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteNumber("seq"u8, seq);
        json.Writer.WriteString("text"u8, ""u8);
        json.Writer.WriteBoolean("hidden"u8, true);
        return json.EndObject();
    }

    /// <summary>The <c>forwardedFrom</c> of a message as bytes.</summary>
    /// <param name="sender">who said it first, as <c>user</c> JSON</param>
    /// <param name="at">when, unix milliseconds</param>
    /// <param name="room">where; null: not told, and neither is the seq</param>
    /// <param name="seq">of the message there</param>
    public static byte[] Origin(ReadOnlySpan<byte> sender, long at, RoomId? room, long seq)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteRaw("sender"u8, sender);
        WriteTime(json.Writer, "at"u8, at);
        if (room is { } told)
        {
            json.Writer.WriteNumber("roomId"u8, told.Value);
            json.Writer.WriteNumber("seq"u8, seq);
        }

        return json.EndObject();
    }

    /// <summary>Returns the <c>kind</c> of a message: <c>unknown</c> for a kind of a newer node.</summary>
    private static ReadOnlySpan<byte> NameOf(Shown shown) => shown switch
    {
        Shown.AsMessage => "message"u8,
        Shown.AsSystem => "system"u8,
        _ => "unknown"u8,
    };

    /// <param name="votes">of the reader; null: not told</param>
    private static void WritePoll(Utf8JsonWriter writer, ReadOnlySpan<byte> poll, string? votes)
    {
        if (votes is null)
        {
            writer.WriteRaw("poll"u8, poll);
            return;
        }

        byte[] mine = [.. poll[..^1], .. ",\"mine\":["u8, .. Encoding.ASCII.GetBytes(votes), .. "]}"u8];
        writer.WriteRaw("poll"u8, mine);
    }

    /// <param name="writer">in an object</param>
    /// <param name="name">of the property</param>
    /// <param name="unixMilliseconds">UTC</param>
    public static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long unixMilliseconds)
    {
        // The standard form has seven digits of a second, and takes a quarter of the time of one with three.
        Span<byte> text = stackalloc byte[28];
        var at = DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime;
        at.TryFormat(text, out _, "O", System.Globalization.CultureInfo.InvariantCulture);
        text[23] = (byte)'Z';
        writer.WriteString(name, text[..24]);
    }
}

using System.Text.Json;
using Maru.Engine.Codecs;
using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>
/// Writes every event that a client gets, whatever its protocol: the entries of a room's log, users' own events, and problems. <see
/// cref="MessageJson"/> writes the messages and users in them.
/// </summary>
public static class EventJson
{
    private static readonly JsonEncodedText RoomAddedType = JsonEncodedText.Encode("room.added");
    private static readonly JsonEncodedText TypingType = JsonEncodedText.Encode("typing");
    private static readonly JsonEncodedText ReadType = JsonEncodedText.Encode("read");
    private static readonly JsonEncodedText RoomRemovedType = JsonEncodedText.Encode("room.removed");
    private static readonly JsonEncodedText RoomRoleType = JsonEncodedText.Encode("room.role");
    private static readonly JsonEncodedText RoomSettingsType = JsonEncodedText.Encode("room.settings");
    private static readonly JsonEncodedText UnreadType = JsonEncodedText.Encode("unread");
    private static readonly JsonEncodedText StarredType = JsonEncodedText.Encode("message.starred");
    private static readonly JsonEncodedText DraftedType = JsonEncodedText.Encode("draft.changed");
    private static readonly JsonEncodedText ScheduledChangedType = JsonEncodedText.Encode("scheduled.changed");
    private static readonly JsonEncodedText ScheduledSentType = JsonEncodedText.Encode("scheduled.sent");
    private static readonly JsonEncodedText ScheduledFailedType = JsonEncodedText.Encode("scheduled.failed");
    private static readonly JsonEncodedText MentionType = JsonEncodedText.Encode("mention");

    /// <summary>
    /// An entry about a message: <c>{"type":…,"roomId":…,"seq":…,"message":{…}}</c>, with <c>user</c> or <c>room</c> where the kind has
    /// one, and <c>banned</c> where somebody was.
    /// </summary>
    public static byte[] Entry(EntryKind kind, long seq, in MessageFields message) => Entry(kind, seq, message, out _);

    /// <inheritdoc cref="Entry(EntryKind, long, in MessageFields)"/>
    /// <param name="messageAt">where the message begins; it ends one byte before the event does</param>
    public static byte[] Entry(EntryKind kind, long seq, in MessageFields message, out int messageAt)
    {
        var json = Begin(kind.Event, message.Room);
        json.Writer.WriteNumber("seq"u8, seq);
        if (kind.NamesMember && !message.Subject.IsEmpty) json.Writer.WriteRaw("user"u8, message.Subject);
        if (message.IsBan) json.Writer.WriteBoolean("banned"u8, true);
        if (!message.RoomState.IsEmpty) json.Writer.WriteRaw("room"u8, message.RoomState);
        json.Writer.WritePropertyName("message"u8);
        messageAt = (int)json.Writer.BytesCommitted + json.Writer.BytesPending;
        MessageJson.Write(json.Writer, message);
        return json.EndObject();
    }

    /// <summary>An entry without a message: the end of a room, or a change that this node cannot read.</summary>
    /// <param name="target">the seq of the message that it changes, or 0</param>
    public static byte[] Entry(EntryKind kind, RoomId room, long seq, long target = 0)
    {
        var json = Begin(kind.Event, room);
        json.Writer.WriteNumber("seq"u8, seq);
        if (target > 0) json.Writer.WriteNumber("target"u8, target);
        return json.EndObject();
    }

    /// <summary>An entry that tells of a message without the message itself: a reaction, a pin, a vote.</summary>
    /// <param name="target">the seq of the message</param>
    /// <param name="detail">a JSON object with at least one member: the event has them all</param>
    public static byte[] Entry(EntryKind kind, RoomId room, long seq, long target, ReadOnlySpan<byte> detail) =>
        [.. Entry(kind, room, seq, target).AsSpan(..^1), (byte)',', .. detail[1..]];

    /// <summary>
    /// Reads of an entry whether the room hides its past from those who join later from now on: <c>{…"room":{…"history":"joined"…}…}</c>;
    /// null: it does not say.
    /// </summary>
    public static bool? HidesPast(ReadOnlySpan<byte> entry)
    {
        var json = new Utf8JsonReader(entry);
        var isRoom = false;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth > 2) continue;
            if (json.CurrentDepth == 1) isRoom = json.ValueTextEquals("room"u8);
            else if (isRoom && json.ValueTextEquals("history"u8) && json.Read()) return json.ValueTextEquals("joined"u8);
        }

        return null;
    }

    /// <param name="roomState">the room as the user sees it, as <c>room</c> JSON</param>
    public static byte[] RoomAdded(RoomId room, ReadOnlySpan<byte> roomState)
    {
        var json = Begin(RoomAddedType, room);
        json.Writer.WriteRaw("room"u8, roomState);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients how their profile and settings are now.</summary>
    public static byte[] ProfileChanged(ReadOnlySpan<byte> profile)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, "profile.changed"u8);
        json.Writer.WriteRaw("profile"u8, profile);
        return json.EndObject();
    }

    /// <summary>Tells somebody that a message mentions them.</summary>
    public static byte[] Mention(in MessageFields message)
    {
        var json = Begin(MentionType, message.Room);
        json.Writer.WriteNumber("seq"u8, message.Seq);
        json.Writer.WritePropertyName("message"u8);
        MessageJson.Write(json.Writer, message);
        return json.EndObject();
    }

    /// <param name="count">messages that the user has not read</param>
    /// <param name="mentions">those of them that mention the user</param>
    /// <param name="lastSeq">the end of the room's log then</param>
    public static byte[] Unread(RoomId room, long count, long mentions, long lastSeq)
    {
        var json = Begin(UnreadType, room);
        json.Writer.WriteNumber("unread"u8, count);
        json.Writer.WriteNumber("mentions"u8, mentions);
        json.Writer.WriteNumber("lastSeq"u8, lastSeq);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients that they have starred a message, or taken the star off it.</summary>
    public static byte[] Starred(RoomId room, long seq, bool starred)
    {
        var json = Begin(StarredType, room);
        json.Writer.WriteNumber("seq"u8, seq);
        json.Writer.WriteBoolean("starred"u8, starred);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients what they have begun to write in a room.</summary>
    /// <param name="text">empty: nothing any more</param>
    /// <param name="replyTo">a seq, or 0</param>
    /// <param name="at">unix milliseconds</param>
    public static byte[] Drafted(RoomId room, string text, long replyTo, long at)
    {
        var json = Begin(DraftedType, room);
        json.Writer.WriteString("text"u8, text);
        if (replyTo > 0) json.Writer.WriteNumber("replyTo"u8, replyTo);
        MessageJson.WriteTime(json.Writer, "at"u8, at);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients that a message is scheduled, changed, or cancelled.</summary>
    /// <param name="scheduled">as JSON; empty: cancelled</param>
    public static byte[] ScheduledChanged(RoomId room, long id, ReadOnlySpan<byte> scheduled)
    {
        var json = Begin(ScheduledChangedType, room);
        json.Writer.WriteNumber("id"u8, id);
        json.Writer.WriteRaw("scheduled"u8, scheduled.IsEmpty ? "null"u8 : scheduled);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients that a scheduled message is in the room's log.</summary>
    public static byte[] ScheduledSent(RoomId room, long id, long seq)
    {
        var json = Begin(ScheduledSentType, room);
        json.Writer.WriteNumber("id"u8, id);
        json.Writer.WriteNumber("seq"u8, seq);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients that a scheduled message may not be sent.</summary>
    /// <param name="version">of the scheduled message since then</param>
    /// <param name="problem">its slug</param>
    public static byte[] ScheduledFailed(RoomId room, long id, long version, string problem)
    {
        var json = Begin(ScheduledFailedType, room);
        json.Writer.WriteNumber("id"u8, id);
        json.Writer.WriteNumber("version"u8, version);
        json.Writer.WriteString("problem"u8, problem);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients what they have set for themselves in a room.</summary>
    /// <param name="muteUntil">unix milliseconds, or 0</param>
    public static byte[] RoomSettings(RoomId room, string notify, bool hidden, bool favourite, long muteUntil)
    {
        var json = Begin(RoomSettingsType, room);
        json.Writer.WriteStartObject("settings"u8);
        json.Writer.WriteString("notify"u8, notify);
        json.Writer.WriteBoolean("hidden"u8, hidden);
        json.Writer.WriteBoolean("favourite"u8, favourite);
        if (muteUntil > 0) MessageJson.WriteTime(json.Writer, "muteUntil"u8, muteUntil);
        json.Writer.WriteEndObject();
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients that a contact, or a request for one, has come, changed or gone.</summary>
    /// <param name="user">the other one's id</param>
    /// <param name="state"><c>accepted</c>, <c>incoming</c> or <c>outgoing</c>; null: gone, and nothing else is told</param>
    /// <param name="profile">the other one as <c>user</c> JSON, where there is a state</param>
    /// <param name="nickname">what the user calls them, or null</param>
    public static byte[] ContactChanged(UserId user, string? state, ReadOnlySpan<byte> profile, string? nickname)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, "contact.changed"u8);
        json.Writer.WriteNumber("userId"u8, user.Value);
        json.Writer.WriteString("state"u8, state);
        if (state is not null) json.Writer.WriteRaw("user"u8, profile);
        if (state is not null && nickname is not null) json.Writer.WriteString("nickname"u8, nickname);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients that they block a user, or no longer.</summary>
    public static byte[] BlockChanged(UserId user, bool blocked)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, "block.changed"u8);
        json.Writer.WriteNumber("userId"u8, user.Value);
        json.Writer.WriteBoolean("blocked"u8, blocked);
        return json.EndObject();
    }

    /// <summary>Tells somebody's own clients that they are invited to a room, or no longer.</summary>
    /// <param name="invitation">the invitation as JSON; empty: it is gone</param>
    public static byte[] InvitationChanged(RoomId room, ReadOnlySpan<byte> invitation)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, "invitation.changed"u8);
        json.Writer.WriteNumber("roomId"u8, room.Value);
        if (invitation.IsEmpty) json.Writer.WriteNull("state"u8);
        else
        {
            json.Writer.WriteString("state"u8, "pending"u8);
            json.Writer.WriteRaw("invitation"u8, invitation);
        }

        return json.EndObject();
    }

    /// <summary>Tells those who look at the list of public rooms how a room is in it.</summary>
    /// <param name="roomState">the room as everybody sees it, as <c>room</c> JSON</param>
    public static byte[] RoomListed(RoomId room, ReadOnlySpan<byte> roomState)
    {
        var json = Begin(EntryKind.RoomChanged.Event, room);
        json.Writer.WriteRaw("room"u8, roomState);
        return json.EndObject();
    }

    /// <summary>Tells those who look at the list of public rooms that they must read it anew.</summary>
    public static byte[] RoomsReset()
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, "rooms.reset"u8);
        return json.EndObject();
    }

    public static byte[] RoomRemoved(RoomId room) => Begin(RoomRemovedType, room).EndObject();

    /// <summary>Tells somebody which role they have in a room since then.</summary>
    public static byte[] RoomRole(RoomId room, string role)
    {
        var json = Begin(RoomRoleType, room);
        json.Writer.WriteString("role"u8, role);
        return json.EndObject();
    }

    /// <param name="reason">a slug for programs, or null</param>
    public static byte[] SessionEnded(string? reason)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, "session.ended"u8);
        if (reason is not null) json.Writer.WriteString("reason"u8, reason);
        return json.EndObject();
    }

    /// <param name="user">the person</param>
    /// <param name="state"><c>online</c>, <c>away</c> or <c>offline</c></param>
    /// <param name="lastSeen">unix milliseconds when they were connected last, or 0</param>
    public static byte[] Presence(UserId user, string state, long lastSeen)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, "presence"u8);
        json.Writer.WriteNumber("userId"u8, user.Value);
        json.Writer.WriteString("state"u8, state);
        if (lastSeen > 0) MessageJson.WriteTime(json.Writer, "lastSeenAt"u8, lastSeen);
        return json.EndObject();
    }

    public static byte[] Typing(RoomId room, UserId user, bool typing)
    {
        var json = Begin(TypingType, room);
        json.Writer.WriteNumber("userId"u8, user.Value);
        json.Writer.WriteBoolean("typing"u8, typing);
        return json.EndObject();
    }

    /// <param name="seq">how far the user has read</param>
    /// <param name="more">true when others have read too, of whom no event tells</param>
    public static byte[] Read(RoomId room, UserId user, long seq, bool more)
    {
        var json = Begin(ReadType, room);
        json.Writer.WriteNumber("userId"u8, user.Value);
        json.Writer.WriteNumber("seq"u8, seq);
        if (more) json.Writer.WriteBoolean("more"u8, true);
        return json.EndObject();
    }

    /// <summary>RFC 9457 problem details, for transports without HTTP; <c>"errors":{FIELD:[DETAIL]}</c> where a field is wrong.</summary>
    public static byte[] Problem(Refusal refusal, Guid trace = default)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, refusal.Problem.Slug);
        json.Writer.WriteString("title"u8, refusal.Problem.Title);
        json.Writer.WriteNumber("status"u8, refusal.Problem.Status);
        if (refusal is { Field: { } field, Detail: { } text }) WriteErrors(json.Writer, field, text);
        else if (refusal.Detail is not null) json.Writer.WriteString("detail"u8, refusal.Detail);
        if (refusal.RetryAfter > 0) json.Writer.WriteNumber("retryAfter"u8, refusal.RetryAfter);
        if (trace != default) json.Writer.WriteString("traceId"u8, trace.ToString("N"));
        return json.EndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, string field, string text)
    {
        json.WriteStartObject("errors"u8);
        json.WriteStartArray(field);
        json.WriteStringValue(text);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static JsonScratch Begin(JsonEncodedText type, RoomId room)
    {
        var json = JsonScratch.BeginObject();
        json.Writer.WriteString("type"u8, type);
        json.Writer.WriteNumber("roomId"u8, room.Value);
        return json;
    }
}

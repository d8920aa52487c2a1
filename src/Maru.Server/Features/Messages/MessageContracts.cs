using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Messages;

/// <param name="Text">not blank, unless there are files; left out in a forward</param>
/// <param name="ReplyTo">the seq of a message in the room</param>
/// <param name="Files">the ids of files that you have uploaded, at most 10: a message with files needs no text</param>
/// <param name="Forward">the message whose text it has, in place of its own</param>
[Example("""{"text":"Hello","replyTo":3}""")]
public sealed record NewMessage(
    string? Text = null, long? ReplyTo = null, IReadOnlyList<long>? Files = null, ForwardedMessage? Forward = null);

/// <summary>A message to forward: one that you may see, and that is not deleted.</summary>
[Example("""{"roomId":1,"seq":17}""")]
public sealed record ForwardedMessage(long RoomId, long Seq);

/// <param name="Text">not blank, unless the message has files</param>
[Example("""{"text":"Hello!"}""")]
public sealed record MessageChange([property: Required] string? Text);

/// <param name="Seq">its position in the room's log: 1, 2, 3 …</param>
/// <param name="Kind">
/// <c>message</c>, <c>poll</c>, <c>system</c> for a change of members or of the room, or <c>unknown</c> for a kind that only a newer server
/// can read
/// </param>
/// <param name="Sender">in a system message: the user who acted</param>
/// <param name="Text">of a poll its question; empty when deleted, and in system messages</param>
/// <param name="ClientKey">the sender's own key</param>
/// <param name="ReplyTo">the seq replied to</param>
/// <param name="Event">in a system message: <c>member.joined</c>, <c>member.left</c> or <c>room.changed</c></param>
/// <param name="Subject">in a system message: the user whom it is about</param>
/// <param name="Banned">true, in a <c>member.left</c>: the subject was taken out by a ban; else absent</param>
/// <param name="Mentions">whom the text mentions, and where; absent: nobody</param>
/// <param name="UnreadBy">
/// how many members but the sender, who joined before it, have not read it; absent in events, in what a send returns, in the lists of
/// rooms, mentions and pins, and in system messages
/// </param>
/// <param name="Quote">
/// the message that it replies to, as it is now; told where <c>unreadBy</c> is, and in the lists of mentions, pins and stars
/// </param>
/// <param name="Replies">
/// how many messages that are not deleted reply to it; absent: none. Never told in events, nor in what a send returns
/// </param>
/// <param name="ForwardedFrom">where its text was said first; absent: here</param>
/// <param name="Starred">true: the reader has starred it; told where <c>unreadBy</c> is, and in the list of stars; else absent</param>
/// <param name="Highlights">where the text has what was searched for; told by a search alone</param>
/// <param name="FileHighlights">where names of files have it, in the order of <c>files</c>; absent: none has</param>
/// <param name="Previews">what its links lead to, in their order; absent: nothing is known, or not yet</param>
/// <param name="Poll">what to vote for, and how many did; absent when it is no poll, and when it is deleted</param>
[Example(
    """
    {
      "roomId": 1, "seq": 17, "kind": "message", "sender": { "id": 2, "handle": "ben", "name": "Ben" }, "text": "Hello",
      "at": "2026-11-20T12:50:00.503Z", "clientKey": "r1", "replyTo": 3, "reactions": [], "files": []
    }
    """)]
public sealed record Message(
    long RoomId,
    long Seq,
    [property: MessageKind] string Kind,
    User Sender,
    string Text,
    DateTimeOffset At,
    IReadOnlyList<Reaction> Reactions,
    IReadOnlyList<SentFile> Files,
    string? ClientKey = null,
    long? ReplyTo = null,
    DateTimeOffset? EditedAt = null,
    DateTimeOffset? DeletedAt = null,
    string? Event = null,
    User? Subject = null,
    IReadOnlyList<Mention>? Mentions = null,
    long? UnreadBy = null,
    bool? Starred = null,
    bool? Banned = null,
    Poll? Poll = null,
    Quote? Quote = null,
    long? Replies = null,
    MessageOrigin? ForwardedFrom = null,
    IReadOnlyList<Highlight>? Highlights = null,
    IReadOnlyList<FileHighlight>? FileHighlights = null,
    IReadOnlyList<Preview>? Previews = null);

/// <param name="Options">what to vote for, in their order; never changed</param>
/// <param name="Multiple">true: each person may vote for several</param>
/// <param name="Anonymous">true: nobody is told who voted for what</param>
/// <param name="Voters">how many people have voted</param>
/// <param name="ClosesAt">when it closes by itself; absent: never</param>
/// <param name="ClosedAt">when somebody closed it; absent: nobody did</param>
/// <param name="Mine">the ids of the options for which the reader has voted; absent in events and in what a send returns</param>
[Example(
    """
    {
      "options": [{ "id": 1, "text": "Noon", "votes": 3 }, { "id": 2, "text": "Dusk", "votes": 1 }], "multiple": false,
      "anonymous": false, "voters": 4, "closesAt": "2026-11-21T12:00:00.000Z", "mine": [1]
    }
    """)]
public sealed record Poll(
    IReadOnlyList<PollChoice> Options,
    bool Multiple,
    bool Anonymous,
    long Voters,
    DateTimeOffset? ClosesAt = null,
    DateTimeOffset? ClosedAt = null,
    IReadOnlyList<long>? Mine = null);

/// <param name="Id">1, 2, 3 … in the poll</param>
/// <param name="Votes">how many people have voted for it</param>
[Example("""{"id":1,"text":"Noon","votes":3}""")]
public sealed record PollChoice(long Id, string Text, long Votes);

/// <summary>The message that a reply answers.</summary>
/// <param name="Text">at most 200 UTF-16 code units of it, and an ellipsis where it goes on; empty when deleted or hidden</param>
/// <param name="Sender">absent when hidden</param>
/// <param name="Hidden">true: the room hides it from the reader, who joined later; else absent</param>
/// <param name="Files">of the message, as they are there; absent where it has none, is deleted or hidden</param>
[Example("""{"seq":3,"sender":{"id":1,"handle":"ann","name":"Ann"},"text":"Hello!"}""")]
public sealed record Quote(
    long Seq, string Text, User? Sender = null, DateTimeOffset? DeletedAt = null, bool? Hidden = null,
    IReadOnlyList<SentFile>? Files = null);

/// <summary>Where a forwarded text was said first.</summary>
/// <param name="Sender">who said it</param>
/// <param name="At">when</param>
/// <param name="RoomId">where: told if it was in the same room, or in one that is public</param>
/// <param name="Seq">told with <c>roomId</c></param>
[Example("""{"sender":{"id":1,"handle":"ann","name":"Ann"},"at":"2026-11-20T12:49:58.933Z","roomId":1,"seq":3}""")]
public sealed record MessageOrigin(User Sender, DateTimeOffset At, long? RoomId = null, long? Seq = null);

/// <summary>A place in a message's text that mentions a member, or all: highlight it, and guess nothing.</summary>
/// <param name="Start">where it begins, in UTF-16 code units, as JavaScript and .NET count</param>
/// <param name="Length">with the <c>@</c>, in the same units</param>
/// <param name="UserId">who is mentioned; absent where all are</param>
/// <param name="All">true: it mentions all members</param>
[Example("""{"start":6,"length":4,"userId":2}""")]
public sealed record Mention(int Start, int Length, long? UserId = null, bool? All = null);

/// <summary>A place in a message's text that has what was searched for.</summary>
/// <param name="Start">where it begins, in UTF-16 code units</param>
/// <param name="Length">in the same units</param>
[Example("""{"start":6,"length":7}""")]
public sealed record Highlight(int Start, int Length);

/// <summary>A place in the name of one of a message's files that has what was searched for.</summary>
/// <param name="File">which of <c>files</c>: 0 is the first</param>
/// <param name="Start">where it begins in <c>name</c>, in UTF-16 code units</param>
/// <param name="Length">in the same units</param>
[Example("""{"file":0,"start":6,"length":4}""")]
public sealed record FileHighlight(int File, int Start, int Length);

/// <param name="Mine">the reader has reacted so too</param>
[Example("""{"emoji":"👍","count":2,"mine":false}""")]
public sealed record Reaction(string Emoji, int Count, bool Mine);

/// <summary>What a link leads to, as the site says it: text to be shown as text.</summary>
/// <param name="Url">the link, as browsers write it: <c>new URL(link).href</c></param>
/// <param name="Title">one line, at most 200 characters</param>
/// <param name="Description">one line, at most 500 characters; absent: none</param>
/// <param name="SiteName">one line, at most 100 characters; absent: none</param>
[Example(
    """
    {
      "url": "https://example.com/tides", "title": "Tides of the week", "siteName": "Harbour News",
      "image": { "url": "/api/files/previews/pictures/7", "width": 480, "height": 252 }
    }
    """)]
public sealed record Preview(
    string Url, string Title, string? Description = null, string? SiteName = null, PreviewImage? Image = null);

/// <param name="Url">on this server, for those who see the message</param>
/// <param name="Width">pixels</param>
[Example("""{"url":"/api/files/previews/pictures/7","width":480,"height":252}""")]
public sealed record PreviewImage(string Url, int Width, int Height);

/// <summary>A file as messages have it.</summary>
/// <param name="MediaType">as its content says</param>
/// <param name="Size">bytes</param>
/// <param name="Url">its content; a picture also has <c>/small</c> and <c>/large</c> below it</param>
/// <param name="Width">of a picture, pixels</param>
/// <param name="Placeholder">of a picture: a tiny one as a data URL, to be shown until it is there</param>
/// <param name="Duration">of audio and video, seconds, as its uploader says; absent: not told</param>
/// <param name="Waveform">of a voice message: at most 64 numbers, 0 to 100</param>
[Example(
    """
    {
      "id": 5, "kind": "image", "name": "boat.jpg", "mediaType": "image/jpeg", "size": 48213, "url": "/api/files/5", "width": 800,
      "height": 600
    }
    """)]
public sealed record SentFile(
    long Id, [property: FileKindName] string Kind, string Name, string MediaType, long Size, string Url, int? Width = null,
    int? Height = null, string? Placeholder = null, double? Duration = null, IReadOnlyList<int>? Waveform = null);

/// <param name="Items">ascending by seq</param>
/// <param name="HasMore">true when there are more in the direction asked for: older ones, or with <c>after</c> newer ones</param>
/// <param name="LastSeq">the end of the room's log as of the page: what is counted in it is counted up to there</param>
/// <param name="HasMoreAfter">told around a place: true when there are newer ones; <c>hasMore</c> is of older ones</param>
public sealed record MessagePage(IReadOnlyList<Message> Items, bool HasMore, long LastSeq = 0, bool? HasMoreAfter = null);

internal sealed class FileKindNameAttribute() : ValuesAttribute("FileKind", "image", "video", "audio", "document");

internal sealed class MessageKindAttribute() : ValuesAttribute("MessageKind", "message", "poll", "system", "unknown");

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewMessage))]
[JsonSerializable(typeof(MessageChange))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(IReadOnlyList<Mention>))]
[JsonSerializable(typeof(Poll))]
internal sealed partial class MessagesJson : JsonSerializerContext;

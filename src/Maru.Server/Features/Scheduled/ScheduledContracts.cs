using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Messages;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Scheduled;

/// <param name="At">when to send it: in the future, and not too far ahead</param>
/// <param name="Text">not blank, unless there are files</param>
/// <param name="ReplyTo">the seq of a message in the room</param>
/// <param name="Files">the ids of files that you have uploaded, at most 10: they wait with the message</param>
[Example("""{"text":"Good morning","at":"2026-11-21T08:00:00Z","replyTo":17}""")]
public sealed record NewScheduled(
    [property: Required] DateTimeOffset? At, string? Text = null, long? ReplyTo = null, IReadOnlyList<long>? Files = null);

/// <param name="Version">of what is changed: another one by now is a conflict</param>
/// <param name="Text">not blank, unless there are files; absent: it stays</param>
/// <param name="At">in the future; absent: it stays, which is not enough for one that failed</param>
/// <param name="Files">in place of those that it has; absent: they stay</param>
[Example("""{"version":1,"at":"2026-11-21T09:00:00Z"}""")]
public sealed record ScheduledChange(
    [property: Required] long? Version, string? Text = null, DateTimeOffset? At = null, IReadOnlyList<long>? Files = null);

/// <summary>A message of the caller's that is to be sent later.</summary>
/// <param name="At">when</param>
/// <param name="Version">grows with each change: of two states the one with the higher version is right</param>
/// <param name="ReplyTo">the seq of the message that it answers</param>
/// <param name="ClientKey">the key with which it was scheduled, and which the message will have</param>
/// <param name="Failed">the slug of the problem for which it was not sent; absent: it waits</param>
/// <param name="Files">those that it will have; absent: none</param>
[Example("""{"id":5,"roomId":1,"text":"Good morning","at":"2026-11-21T08:00:00.000Z","version":1,"replyTo":17}""")]
public sealed record ScheduledMessage(
    long Id,
    long RoomId,
    string Text,
    DateTimeOffset At,
    long Version,
    long? ReplyTo = null,
    string? ClientKey = null,
    string? Failed = null,
    IReadOnlyList<SentFile>? Files = null);

/// <param name="Items">the earliest first</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record ScheduledPage(IReadOnlyList<ScheduledMessage> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewScheduled))]
[JsonSerializable(typeof(ScheduledChange))]
[JsonSerializable(typeof(ScheduledMessage))]
[JsonSerializable(typeof(ScheduledPage))]
[JsonSerializable(typeof(SentFile[]))]
internal sealed partial class ScheduledJson : JsonSerializerContext
{
    /// <summary>The same JSON outside of HTTP responses.</summary>
    public static readonly ScheduledJson Events = Json.ForEvents(options => new ScheduledJson(options));
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Drafts;

/// <param name="Text">as it is now; an empty one removes the draft</param>
/// <param name="ReplyTo">the seq of the message that it is to answer</param>
[Example("""{"text":"Shall we sa","replyTo":17}""")]
public sealed record DraftChange([property: Required] string? Text, long? ReplyTo = null);

/// <summary>What the caller has begun to write in a room.</summary>
/// <param name="At">when it was changed; of two events about a room the one with the later time is right</param>
[Example("""{"roomId":1,"text":"Shall we sa","replyTo":17,"at":"2026-11-20T12:52:07.249Z"}""")]
public sealed record WrittenDraft(long RoomId, string Text, DateTimeOffset At, long? ReplyTo = null);

/// <param name="Items">the newest first, one for each room</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record DraftPage(IReadOnlyList<WrittenDraft> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DraftChange))]
[JsonSerializable(typeof(DraftPage))]
internal sealed partial class DraftsJson : JsonSerializerContext;

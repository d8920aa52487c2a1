using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.ReadState;

/// <param name="Seq">the newest entry of the room's log that the reader has seen; beyond the end of the log it is the end</param>
/// <param name="Unread">true: move back too, so that what follows is unread again, but not before the reader joined</param>
[Example("""{"seq":17}""")]
public sealed record ReadRequest([property: Required] long? Seq, bool Unread = false);

/// <param name="ReadSeq">the caller's position: they have read up to here</param>
/// <param name="Unread">messages that they have not read</param>
/// <param name="Mentions">those of them that mention the caller</param>
/// <param name="FirstUnread">
/// the seq of the first of them; absent when there is none, or none within the 1,000 entries behind the position
/// </param>
[Example("""{"readSeq":17,"unread":3,"mentions":1,"firstUnread":19}""")]
public sealed record RoomReadState(long ReadSeq, long Unread, long Mentions, long? FirstUnread = null);

/// <param name="Unread">messages in all of the caller's rooms that they have not read</param>
/// <param name="Mentions">those of them that mention the caller</param>
/// <param name="Rooms">how many rooms have unread messages</param>
[Example("""{"unread":12,"mentions":2,"rooms":3}""")]
public sealed record UnreadTotal(long Unread, long Mentions, long Rooms);

/// <param name="At">when their position last moved</param>
[Example("""{"user":{"id":2,"handle":"ben","name":"Ben"},"at":"2026-11-20T12:50:00.503Z"}""")]
public sealed record Reader(User User, DateTimeOffset At);

/// <param name="Items">those who have read least first; fewer than asked for, even none, where very many joined later</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record ReaderPage(IReadOnlyList<Reader> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(RoomReadState))]
[JsonSerializable(typeof(UnreadTotal))]
[JsonSerializable(typeof(ReaderPage))]
internal sealed partial class ReadStateJson : JsonSerializerContext;

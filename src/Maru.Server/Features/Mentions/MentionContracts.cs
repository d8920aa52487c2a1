using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Messages;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Mentions;

/// <summary>A message that mentions the caller.</summary>
/// <param name="Unread">true: their position is before it</param>
[Example(
    """
    {
      "roomId": 1, "seq": 17, "unread": true,
      "message": {
        "roomId": 1, "seq": 17, "kind": "message", "sender": { "id": 2, "handle": "ben", "name": "Ben" }, "text": "Hello @ann",
        "at": "2026-11-20T12:50:00.503Z", "mentions": [{ "start": 6, "length": 4, "userId": 1 }], "reactions": [], "files": []
      }
    }
    """)]
public sealed record MentioningMessage(long RoomId, long Seq, bool Unread, Message Message);

/// <param name="Items">newest first; fewer than asked for, even none, where the caller has mentioned all very often</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record MentionPage(IReadOnlyList<MentioningMessage> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MentionPage))]
internal sealed partial class MentionsJson : JsonSerializerContext;

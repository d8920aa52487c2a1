using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Messages;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Stars;

/// <summary>A message that the caller has starred.</summary>
/// <param name="At">when they did</param>
[Example(
    """
    {
      "roomId": 1, "seq": 17, "at": "2026-11-20T12:52:07.249Z",
      "message": {
        "roomId": 1, "seq": 17, "kind": "message", "sender": { "id": 2, "handle": "ben", "name": "Ben" }, "text": "Hello",
        "at": "2026-11-20T12:50:00.503Z", "reactions": [], "files": [], "starred": true
      }
    }
    """)]
public sealed record StarredMessage(long RoomId, long Seq, DateTimeOffset At, Message Message);

/// <param name="Items">the newest star first</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record StarPage(IReadOnlyList<StarredMessage> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StarPage))]
internal sealed partial class StarsJson : JsonSerializerContext;

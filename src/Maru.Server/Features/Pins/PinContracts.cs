using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Pins;

/// <summary>A pinned message of a room.</summary>
/// <param name="PinnedBy">also somebody who has left, or a deleted user</param>
/// <param name="At">when it was pinned</param>
[Example(
    """
    {
      "message": {
        "roomId": 1, "seq": 4, "kind": "message", "sender": { "id": 2, "handle": "ben", "name": "Ben" }, "text": "Over REST",
        "at": "2026-11-20T12:50:00.503Z", "reactions": [], "files": []
      },
      "pinnedBy": { "id": 1, "handle": "ann", "name": "Ann" }, "at": "2026-11-20T12:51:09.208Z"
    }
    """)]
public sealed record PinnedMessage(Message Message, User PinnedBy, DateTimeOffset At);

/// <param name="Items">all of the room, the newest pin first</param>
public sealed record PinList(IReadOnlyList<PinnedMessage> Items);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PinList))]
internal sealed partial class PinsJson : JsonSerializerContext;

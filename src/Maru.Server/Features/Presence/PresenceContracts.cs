using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Presence;

/// <param name="Items">one for each person, in the order asked for</param>
public sealed record PresenceList(IReadOnlyList<Presence> Items);

/// <param name="State"><c>online</c>, <c>away</c> or <c>offline</c>, which is also what those have whom you may not see</param>
/// <param name="LastSeenAt">when they were connected last; only where they are offline and you may see them</param>
[Example("""{"userId":2,"state":"offline","lastSeenAt":"2026-11-20T12:50:02.415Z"}""")]
public sealed record Presence(long UserId, [property: PresenceState] string State, DateTimeOffset? LastSeenAt = null);

/// <param name="Typing">true while you type, every three seconds; false when you stop without sending</param>
[Example("""{"typing":true}""")]
public sealed record TypingState([property: Required] bool? Typing);

internal sealed class PresenceStateAttribute() : ValuesAttribute("PresenceState", "online", "away", "offline");

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PresenceList))]
[JsonSerializable(typeof(TypingState))]
internal sealed partial class PresenceJson : JsonSerializerContext;

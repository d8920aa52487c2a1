using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Reactions;

/// <summary>A user's reaction to a message.</summary>
/// <param name="User">a deleted user too</param>
[Example("""{"user":{"id":2,"handle":"ben","name":"Ben"},"emoji":"👍","at":"2026-11-20T12:50:03.117Z"}""")]
public sealed record GivenReaction(User User, string Emoji, DateTimeOffset At);

/// <param name="Items">emoji by emoji, and of each the first ones first</param>
/// <param name="Next">the <c>after</c> of the next page; absent: there is none</param>
public sealed record GivenReactionPage(IReadOnlyList<GivenReaction> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GivenReactionPage))]
internal sealed partial class ReactionsJson : JsonSerializerContext;

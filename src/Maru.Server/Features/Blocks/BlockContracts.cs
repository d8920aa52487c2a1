using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Blocks;

/// <summary>Somebody whom the caller blocks.</summary>
/// <param name="At">since when</param>
[Example("""{"user":{"id":2,"handle":"ben","name":"Ben"},"at":"2026-11-20T12:52:07.249Z"}""")]
public sealed record Block(User User, DateTimeOffset At);

/// <param name="Items">ordered by the users' ids</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record BlockPage(IReadOnlyList<Block> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BlockPage))]
internal sealed partial class BlockJson : JsonSerializerContext;

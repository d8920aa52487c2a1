using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Messages;

namespace Maru.Server.Features.Search;

/// <param name="Items">the newest or the best first; each has <c>highlights</c></param>
/// <param name="Next">
/// the <c>before</c> of the next page; absent: there is none. A page may be short, even empty, and have a next one
/// </param>
public sealed record SearchPage(IReadOnlyList<Message> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SearchPage))]
internal sealed partial class SearchJson : JsonSerializerContext;

using System.Text.Json;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Search;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.Search;

/// <summary>Search as a test says it.</summary>
internal static class Searching
{
    public const string On = "--Maru:Search:Enabled=true";

    public static Task<HttpResponseMessage> TrySearchAsync(this Person person, string query, string more = "") =>
        person.Http.SendAsync($"GET /api/search?q={Uri.EscapeDataString(query)}{more}");

    public static async Task<IReadOnlyList<Message>> SearchAsync(this Person person, string query, string more = "") =>
        (await person.TrySearchAsync(query, $"&limit=200{more}").Read<SearchPage>()).Items;

    /// <summary>Returns the texts of what is found, the newest first.</summary>
    public static async Task<string[]> TextsAsync(this Person person, string query, string more = "") =>
        [.. (await person.SearchAsync(query, more)).Select(message => message.Text)];

    /// <summary>Waits until the index has all entries of all rooms.</summary>
    public static Task IndexedAsync(this MaruServer server) => Deadline.Until(
        async () => await server.Service<Database>().FirstAsync<long>(
            """
            SELECT (SELECT count(*) FROM room_heads h
                    LEFT JOIN follower_positions p ON p.follower = 'search' AND p.room_id = h.room_id
                    WHERE h.last_seq > coalesce(p.seq, 0))
              + (SELECT count(*) FROM search_state WHERE built < wanted)
            """,
            null,
            TestContext.Current.CancellationToken) == 0,
        "the index");

    /// <summary>Returns what the highlights of the message show.</summary>
    public static string[] Highlighted(this Message message) =>
        [.. message.Highlights!.Select(place => message.Text.Substring(place.Start, place.Length))];

    public static string Json(this object value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}

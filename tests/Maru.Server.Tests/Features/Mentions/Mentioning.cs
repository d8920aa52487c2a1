using System.Text.Json;
using Maru.Server.Features.Mentions;
using Maru.Server.Features.Messages;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Mentions;

/// <summary>What people do with mentions, as a test says it.</summary>
internal static class Mentioning
{
    public static Task<Message> EditAsync(this Person person, Room room, long seq, string text) =>
        person.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{seq}", new { text }).Read<Message>();

    public static Task DeleteAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{seq}").ShouldBe(204);

    public static Task<MentionPage> MentionsAsync(this Person person, string query = "") =>
        person.Http.SendAsync($"GET /api/me/mentions?{query}").Read<MentionPage>();

    /// <summary>Returns the mentions of a message as text: "6+4 2, 11+4 all".</summary>
    public static string Told(this IReadOnlyList<Mention>? mentions) =>
        string.Join(", ", (mentions ?? []).Select(x => $"{x.Start}+{x.Length} {(x.All is true ? "all" : x.UserId)}"));

    public static string MentionsOf(this JsonElement message) => message.TryGetProperty("mentions", out var mentions)
        ? JsonSerializer.Deserialize<IReadOnlyList<Mention>>(mentions, JsonSerializerOptions.Web).Told()
        : "";
}

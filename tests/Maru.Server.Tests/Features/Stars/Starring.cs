using Maru.Server.Features.Messages;
using Maru.Server.Features.Stars;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Stars;

/// <summary>Stars, as a test says them.</summary>
internal static class Starring
{
    public static string Address(Room room, long seq) => $"/api/rooms/{room.Id}/messages/{seq}/star";

    public static Task<string> StarAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"PUT {Address(room, seq)}").ShouldBe(204);

    public static Task<string> UnstarAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"DELETE {Address(room, seq)}").ShouldBe(204);

    public static Task<StarPage> StarsAsync(this Person person, string query = "") =>
        person.Http.SendAsync($"GET /api/me/stars?{query}").Read<StarPage>();

    public static Task<Message> ReadOneAsync(this Person person, Room room, long seq) =>
        person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/{seq}").Read<Message>();

    /// <summary>Returns all pages together: "room-seq".</summary>
    public static async Task<IReadOnlyList<string>> AllStarsAsync(this Person person, int limit = 200)
    {
        List<string> all = [];
        for (StarPage? page = null; page is null || page.Next is not null;)
        {
            page = await person.StarsAsync(page is null ? $"limit={limit}" : $"limit={limit}&after={page.Next}");
            page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
            all.AddRange(page.Items.Select(x => $"{x.RoomId}-{x.Seq}"));
        }

        return all;
    }
}

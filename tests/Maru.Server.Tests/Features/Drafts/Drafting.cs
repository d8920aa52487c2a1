using Maru.Server.Features.Drafts;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Drafts;

/// <summary>Drafts, as a test says them.</summary>
internal static class Drafting
{
    public static string Address(Room room) => $"/api/me/drafts/{room.Id}";

    public static Task<string> DraftAsync(this Person person, Room room, string text, long? replyTo = null) =>
        person.Http.SendAsync($"PUT {Address(room)}", new { text, replyTo }).ShouldBe(204);

    public static Task<DraftPage> DraftsAsync(this Person person, string query = "") =>
        person.Http.SendAsync($"GET /api/me/drafts?{query}").Read<DraftPage>();
}

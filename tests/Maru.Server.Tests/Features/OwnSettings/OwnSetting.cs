using Maru.Server.Features.OwnSettings;
using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Features.OwnSettings;

/// <summary>What people set for themselves in a room, as a test says it.</summary>
internal static class OwnSetting
{
    public static Task<RoomSettings> SetAsync(this Person person, Room room, object change) =>
        person.Http.SendAsync($"PATCH /api/me/rooms/{room.Id}", change).Read<RoomSettings>();

    public static async Task<IReadOnlyList<Room>> MineAsync(this Person person, string query = "") =>
        (await person.Http.SendAsync($"GET /api/me/rooms?{query}").Read<RoomPage>()).Items;

    public static async Task<long[]> ListAsync(this Person person, string query = "") =>
        [.. (await person.MineAsync(query)).Select(x => x.Id)];
}

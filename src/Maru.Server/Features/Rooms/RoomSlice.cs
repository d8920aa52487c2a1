using Maru.Server.Platform;

namespace Maru.Server.Features.Rooms;

/// <summary>Where people meet: rooms, their lists and settings.</summary>
internal static class RoomSlice
{
    public static void AddRooms(this IServiceCollection services)
    {
        services.AddSingleton<RoomStore>();
        services.AddSingleton<RoomLists>();
        services.AddSingleton<RoomChanges>();
        services.AddSingleton<RoomNews>();
        services.AddSingleton<RoomPasswords>();
        services.AddJson(RoomJson.Default);
    }

    public static void MapRooms(this IEndpointRouteBuilder routes)
    {
        routes.MapRoomLists();
        routes.MapOneRoom();
    }
}

using Maru.Server.Features.Members;
using Maru.Server.Platform;

namespace Maru.Server.Features.Rooms;

/// <summary>Where people meet: rooms, who belongs to them, and with which rights.</summary>
internal static class RoomSlice
{
    public static void AddRooms(this IServiceCollection services)
    {
        services.AddSingleton<RoomStore>();
        services.AddSingleton<RoomLists>();
        services.AddSingleton<RoomChanges>();
        services.AddSingleton<RoomNews>();
        services.AddSingleton<RoomPasswords>();
        services.AddSingleton<Memberships>();
        services.AddSingleton<MemberLists>();
        services.AddHostedService<Departures>();
        services.AddJson(RoomJson.Default);
    }

    public static void MapRooms(this IEndpointRouteBuilder routes)
    {
        routes.MapRoomLists();
        routes.MapOneRoom();
        routes.MapMembers();
        routes.MapBans();
    }
}

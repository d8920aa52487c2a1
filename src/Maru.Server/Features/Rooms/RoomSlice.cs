using Maru.Server.Platform;

namespace Maru.Server.Features.Rooms;

/// <summary>Rooms: their lists, their settings and their making.</summary>
internal static class RoomSlice
{
    public static void AddRooms(this IServiceCollection services)
    {
        services.AddSingleton<RoomStore>();
        services.AddSingleton<RoomBounds>();
        services.AddSingleton<RoomLimits>();
        services.AddSingleton<PendingMembers>();
        services.AddSingleton<RoomLists>();
        services.AddSingleton<RoomDirectory>();
        services.AddHostedService<RoomActivity>();
        services.AddHostedService<ListNews>();
        services.AddSingleton<RoomChanges>();
        services.AddSingleton<MembershipEvents>();
        services.AddSingleton<RoomPasswords>();
        services.AddJson(RoomJson.Default);
    }

    public static void MapRooms(this IEndpointRouteBuilder routes)
    {
        routes.MapRoomLists();
        routes.MapOneRoom();
    }
}

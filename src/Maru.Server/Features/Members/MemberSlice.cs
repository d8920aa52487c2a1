namespace Maru.Server.Features.Members;

/// <summary>The members of rooms and their rights.</summary>
internal static class MemberSlice
{
    public static void AddMembers(this IServiceCollection services)
    {
        services.AddSingleton<Memberships>();
        services.AddSingleton<MemberLists>();
        services.AddSingleton<Succession>();
        services.AddHostedService<Departures>();
    }

    public static void MapMembers(this IEndpointRouteBuilder routes)
    {
        routes.MapJoin();
        routes.MapRoomMembers();
        routes.MapBans();
        routes.MapMyInvitations();
    }
}

using Maru.Server.Platform;

namespace Maru.Server.Features.Guests;

/// <summary>Guests: they come with a name alone, and may be in the rooms that allow them.</summary>
internal static class GuestSlice
{
    public static void AddGuests(this IServiceCollection services)
    {
        services.AddHostedService<GuestDepartures>();
        services.AddHostedService<GuestSweep>();
        services.AddJson(GuestJson.Default);
    }
}

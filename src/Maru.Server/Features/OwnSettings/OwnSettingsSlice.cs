using Maru.Server.Platform;

namespace Maru.Server.Features.OwnSettings;

/// <summary>What members set for themselves in a room: notifications, quiet, hidden rooms and favourites.</summary>
internal static class OwnSettingsSlice
{
    public static void AddOwnSettings(this IServiceCollection services)
    {
        services.AddSingleton<OwnSettingsChanges>();
        services.AddJson(OwnSettingsJson.Default);
    }
}

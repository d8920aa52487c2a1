using Maru.Server.Platform;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>Sign-in sessions, their refresh tokens and their ends.</summary>
internal static class SessionSlice
{
    public static void AddSessions(this IServiceCollection services, StorageOptions storage)
    {
        services.AddSingleton<SessionEvents>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<ConnectionAuthenticator>();
        services.AddSingleton<DeviceTokens>();
        services.AddHostedService<SessionSweep>();
        if (storage.IsShared) services.AddHostedService<SessionWatch>();
        services.AddJson(SessionJson.Default);
    }
}

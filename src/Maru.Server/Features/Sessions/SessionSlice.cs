using Maru.Server.Platform;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Features.Sessions;

/// <summary>Sign-in sessions, their refresh tokens and their ends.</summary>
internal static class SessionSlice
{
    public static void AddSessions(this IServiceCollection services, StorageOptions storage)
    {
        services.AddSingleton<SessionEvents>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SessionChecks>();
        services.AddSingleton<SessionVerifier>(provider => provider.GetRequiredService<SessionChecks>().IsGoodAsync);
        services.AddSingleton<SessionEnds>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionEnds>());
        services.AddSingleton<ForeignEnds>();
        services.AddSingleton<ConnectionAuthenticator>();
        services.AddSingleton<DeviceTokens>();
        services.AddHostedService<SessionSweep>();
        if (storage.IsShared) services.AddHostedService<SessionWatch>();
        services.AddJson(SessionJson.Default);
    }
}

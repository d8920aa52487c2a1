using Maru.Server.Features.Sessions;
using Maru.Server.Platform;
using Maru.Server.Platform.Credentials;
using Maru.Server.Storage;

namespace Maru.Server.Features.Accounts;

/// <summary>Who people are: sign-up, sign-in, sessions, profiles, the directory.</summary>
internal static class AccountSlice
{
    public static void AddAccounts(this IServiceCollection services, StorageOptions storage)
    {
        services.AddSingleton<AccountEvents>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<ConnectionAuthenticator>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<PasswordTurns>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<TokenMint>();
        services.AddHostedService<SessionSweep>();
        if (storage.IsShared) services.AddHostedService<SessionWatch>();
        services.AddJson(AccountJson.Default);
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapSignIn();
        routes.MapProfiles();
        routes.MapSessions();
    }
}

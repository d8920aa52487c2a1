using Maru.Server.Platform;
using Maru.Server.Platform.Credentials;

namespace Maru.Server.Features.Accounts;

/// <summary>Accounts: sign-up, sign-in, profiles, the directory.</summary>
internal static class AccountSlice
{
    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<OwnPictures>();
        services.AddSingleton<AccountEvents>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<UserDirectory>();
        services.AddSingleton<ProfileLimits>();
        services.AddSingleton<GuessLimits>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<PasswordTurns>();
        services.AddSingleton<SignInGuesses>();
        services.AddSingleton<TokenMint>();
        services.AddSingleton<RefreshCookie>();
        services.AddJson(AccountJson.Default);
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapSignIn();
        routes.MapProfiles();
    }
}

using Maru.Server.Platform.Tokens;
using Maru.Server.Platform.Tokens.Issuers;

namespace Maru.Server.Features.Identities;

/// <summary>Users of other systems: their own tokens sign them in here.</summary>
internal static class IdentitySlice
{
    public static void AddIdentities(this IServiceCollection services)
    {
        services.AddSingleton<IssuerTokens>();
        services.AddSingleton<IdentityStore>();
        services.AddSingleton<Identities>();
        services.AddSingleton<ForeignTokens>(provider => provider.GetRequiredService<Identities>().ReadAsync);
    }
}

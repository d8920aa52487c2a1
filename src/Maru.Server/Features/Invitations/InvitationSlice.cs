using Maru.Server.Audit;
using Maru.Server.Platform;

namespace Maru.Server.Features.Invitations;

/// <summary>Links by which people come into a room.</summary>
internal static class InvitationSlice
{
    public static void AddInvitations(this IServiceCollection services)
    {
        services.AddSingleton<InvitationStore>();
        services.AddSingleton<InvitationChanges>();
        services.AddSingleton<InvitationGuesses>();
        services.AddHostedService<InvitationSweep>();
        services.AddSingleton<IStoreCheck, InvitationCheck>();
        services.AddJson(InvitationsJson.Default);
    }
}

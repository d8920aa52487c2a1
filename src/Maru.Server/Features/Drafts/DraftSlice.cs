using Maru.Server.Platform;

namespace Maru.Server.Features.Drafts;

/// <summary>Drafts: what somebody has begun to write in a room, on all of their devices.</summary>
internal static class DraftSlice
{
    public static void AddDrafts(this IServiceCollection services)
    {
        services.AddSingleton<DraftChanges>();
        services.AddSingleton<DraftStore>();
        services.AddJson(DraftsJson.Default);
    }
}

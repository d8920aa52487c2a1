using Maru.Server.Platform;

namespace Maru.Server.Features.Reactions;

/// <summary>Reactions to messages: an emoji that a member gives or takes back, and who gave which.</summary>
internal static class ReactionSlice
{
    public static void AddReactions(this IServiceCollection services)
    {
        services.AddSingleton<ReactionChanges>();
        services.AddSingleton<ReactionStore>();
        services.AddJson(ReactionsJson.Default);
    }
}

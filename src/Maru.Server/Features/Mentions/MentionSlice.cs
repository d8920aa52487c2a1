using Maru.Server.Platform;

namespace Maru.Server.Features.Mentions;

/// <summary>Who is mentioned: a person's mentions over all of their rooms, and what is told of new ones.</summary>
internal static class MentionSlice
{
    public static void AddMentions(this IServiceCollection services)
    {
        services.AddSingleton<MentionStore>();
        services.AddJson(MentionsJson.Default);
    }
}

using Maru.Server.Platform;

namespace Maru.Server.Features.Stars;

/// <summary>Stars: messages that a person marks for themselves alone, and finds again over all of their rooms.</summary>
internal static class StarSlice
{
    public static void AddStars(this IServiceCollection services)
    {
        services.AddSingleton<StarChanges>();
        services.AddSingleton<StarStore>();
        services.AddJson(StarsJson.Default);
    }
}

namespace Maru.Server.Followers;

internal static class FollowerParts
{
    /// <summary>Runs each <see cref="LogFollower"/> that is registered as a singleton.</summary>
    public static void AddFollowers(this IServiceCollection services)
    {
        services.AddSingleton<FollowerOptions>();
        services.AddSingleton<FollowerStore>();
        services.AddSingleton<FollowerThread>();
        services.AddHostedService<FollowerService>();
    }
}

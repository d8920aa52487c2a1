using Maru.Engine;
using Maru.Server.Platform;
using Microsoft.AspNetCore.RateLimiting;

namespace Maru.Server.Features.Messages;

/// <summary>What is said in rooms: history, sending without a socket, edits and deletions.</summary>
internal static class MessageSlice
{
    /// <summary>The rate limit of sends; in a socket the engine counts for itself, with the same numbers.</summary>
    public const string SendLimit = "send";

    public static void AddMessages(this IServiceCollection services)
    {
        services.AddSingleton<MessageStore>();
        services.AddSingleton<MessageChanges>();
        services.AddSingleton<MessageSends>();
        services.AddJson(MessagesJson.Default);
        services.AddOptions<RateLimiterOptions>().Configure<EngineOptions>(static (limiter, engine) => limiter.AddPolicy(SendLimit, context =>
            engine.MessagesPerSecond > 0 && context.User is Caller caller
                ? RateLimits.Bucket(caller.UserId, engine.MessageBurst, engine.MessagesPerSecond, TimeSpan.FromSeconds(1))
                : System.Threading.RateLimiting.RateLimitPartition.GetNoLimiter(default(UserId))));
    }
}

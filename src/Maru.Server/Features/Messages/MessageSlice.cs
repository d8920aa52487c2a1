using Maru.Engine;
using Maru.Server.Platform;
using Maru.Server.Platform.Limits;
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
        services.AddOptions<RateLimiterOptions>().Configure<EngineOptions, SharedLimits>(static (limiter, engine, limits) =>
        {
            var sends = limits.Add(Limit.Sends, engine.MessageBurst, engine.MessagesPerSecond, TimeSpan.FromSeconds(1));
            limiter.AddPolicy(SendLimit, context => RateLimits.Partition(sends, context.User is Caller caller ? caller.UserId.Value : 0));
        });
    }
}

using Maru.Server.Platform;

namespace Maru.Server.Features.Messages;

/// <summary>Messages in rooms: history, threads, sending and forwarding without a socket, edits and deletions.</summary>
internal static class MessageSlice
{
    public static void AddMessages(this IServiceCollection services)
    {
        services.AddSingleton<MessageStore>();
        services.AddSingleton<MessagePages>();
        services.AddSingleton<ForwardReads>();
        services.AddHostedService(provider => provider.GetRequiredService<ForwardReads>());
        services.AddSingleton<MessageChanges>();
        services.AddSingleton<MessageSends>();
        services.AddJson(MessagesJson.Default);
    }
}

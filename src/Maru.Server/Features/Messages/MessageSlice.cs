using Maru.Server.Platform;

namespace Maru.Server.Features.Messages;

/// <summary>Messages in rooms: history, sending without a socket, edits and deletions.</summary>
internal static class MessageSlice
{
    public static void AddMessages(this IServiceCollection services)
    {
        services.AddSingleton<MessageStore>();
        services.AddSingleton<MessageChanges>();
        services.AddSingleton<MessageSends>();
        services.AddJson(MessagesJson.Default);
    }
}

using Maru.Engine;
using Maru.Server.Platform;
using Maru.Server.Storage;

namespace Maru.Server.Features.Presence;

/// <summary>Who is there, and who types.</summary>
internal static class PresenceSlice
{
    public static void AddPresence(this IServiceCollection services, StorageOptions storage)
    {
        services.AddSingleton<PresenceStore>();
        services.AddSingleton<PresenceLimit>();
        services.AddHostedService<PresenceReads>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LastSeenStore>(provider, storage.IsShared));
        services.AddHostedService<LastSeenKeeper>();
        services.AddJson(PresenceJson.Default);
    }

    /// <summary>Notes that people do something by requests, but for those that only read.</summary>
    public static void UsePresence(this WebApplication app)
    {
        var presence = app.Services.GetRequiredService<ChatEngine>().Presence;
        app.Use(next => context =>
        {
            if (context.User is Caller caller && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
                presence.Act(caller.UserId);
            return next(context);
        });
    }

    public static void MapPresence(this IEndpointRouteBuilder routes)
    {
        routes.MapPeople();
        routes.MapTyping();
    }
}

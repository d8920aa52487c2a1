using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.People;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform.Limits;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Realtime;

/// <summary>The real-time part: the engine, its dependencies, and the addresses of sockets.</summary>
internal static class RealtimeSlice
{
    /// <summary>
    /// Lets a socket's bytes be handled on the event loop that noticed them, instead of on the thread pool after a hop: see docs/adr/0002.
    /// Must be called before the first socket is made. Work that blocks leaves the loop: see <see cref="Storage.EventLoop"/>.
    /// </summary>
    public static void HandleOnEventLoops()
    {
        const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
        if (Environment.GetEnvironmentVariable(Switch) is null) Environment.SetEnvironmentVariable(Switch, "1");
    }

    /// <param name="stompAddress"><c>address:port</c> of STOMP over plain TCP; empty: none</param>
    public static void AddRealtime(this WebApplicationBuilder builder, string stompAddress)
    {
        var services = builder.Services;
        services.AddSingleton<Authenticator>(provider => provider.GetRequiredService<ConnectionAuthenticator>().AuthenticateAsync);
        services.TryAddSingleton<UserSnapshot>((_, _) => new([]));      // of a slice that has state to tell, or empty
        services.AddSingleton<ChatEngine>();
        services.AddSingleton<SocketRoutes>();
        services.AddSingleton<WebSocketEdge>();
        services.AddSingleton<WebSocketEndpoint>();
        services.AddSingleton<IHostLifetime, DrainLifetime>();
        services.AddHostedService<EngineHost>();
        services.AddHostedService<ProfileRefresh>();
        if (stompAddress.Length > 0)
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<StompListener>(provider, stompAddress));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
            endpoint.Use(next => endpoint.ApplicationServices.GetRequiredService<WebSocketEdge>().Intercept(next))));
    }

    public static void MapRealtime(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<WebSocketEndpoint>();
        foreach (var route in routes.ServiceProvider.GetRequiredService<SocketRoutes>().All)
        {
            // No rate limit of requests, as in WebSocketEdge: connections have limits of their own.
            routes.MapMethods(route.Path, WebSocketEndpoint.Methods, context => endpoint.AcceptAsync(context, route))
                .ExcludeFromDescription()
                .DoNotLimit();
        }

        routes.MapRoomEvents();
        routes.MapPublicRoomEvents();
        routes.MapUserEventStream();
    }
}

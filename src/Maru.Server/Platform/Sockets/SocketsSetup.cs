using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.Queues;
using Maru.Server.Configuration;
using Maru.Server.Platform.Http;
using Maru.Server.Storage.Postgres;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Maru.Server.Platform.Sockets;

/// <summary>Puts the admission and the turns into the server.</summary>
internal static class SocketsSetup
{
    /// <summary>Connections that there may be however little memory clients may take.</summary>
    private const int LeastByMemory = 1000;

    /// <summary>TCP connections of a user for each that talks past HTTP: the other is for requests.</summary>
    private const int PerClient = 2;

    public static void AddSockets(this IServiceCollection services)
    {
        services.AddSingleton(_ => Handles.Read());
        services.AddSingleton<SocketMetrics>();
        services.AddSingleton<ProxyNetworks>();
        services.AddSingleton(MakeAdmission);
        services.AddSingleton<RequestBodies>();
        services.AddSingleton<IConnectionListenerFactory, SocketTransport>();     // the last one is asked first
        services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = true;
            sockets.MaxReadBufferSize = Turn.Bytes;     // what is read of a connection whose reader waits for its turn
        });
    }

    /// <summary>Tells the admission of each request, and lets connections keep their place once one brought a good token.</summary>
    public static void UseAdmission(this WebApplication app) => app.Use(next => context =>
    {
        var peer = Peer.Find(context.Features);
        if (context.User is Caller caller) peer?.SignIn(caller.UserId);
        else peer?.Ask();
        return next(context);
    });

    /// <summary>Lets requests go on once their bodies have arrived.</summary>
    public static void UseRequestBodies(this WebApplication app)
    {
        var bodies = app.Services.GetRequiredService<RequestBodies>();
        app.Use(next => context => bodies.ReceiveAsync(context, next));
    }

    /// <summary>Returns the connections that there may be, by the settings, the handles and the memory.</summary>
    /// <exception cref="StartException">There are not enough handles.</exception>
    public static int MostConnections(Handles handles, LimitOptions limits, PostgresOptions store, EngineOptions engine)
    {
        var max = handles.ForConnections(limits.Connections, store.Readers + store.Writers + store.CommitLoops + 1);
        // A connection without a client takes less memory than one with.
        return limits.Connections > 0 ? max : Math.Min(max, Math.Max(LeastByMemory, ConnectionTable.MaxBy(MemoryBudget.BytesOf(engine))));
    }

    private static Admission MakeAdmission(IServiceProvider services)
    {
        var engine = services.GetRequiredService<EngineOptions>();
        var max = MostConnections(
            services.GetRequiredService<Handles>(), services.GetRequiredService<LimitOptions>(),
            services.GetRequiredService<PostgresOptions>(), engine);
        return ActivatorUtilities.CreateInstance<Admission>(services, max, PerClient * engine.MaxConnectionsPerUser);
    }
}

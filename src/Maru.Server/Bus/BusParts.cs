using Maru.Engine.Bus;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;

namespace Maru.Server.Bus;

/// <summary>
/// Registers the bus between the nodes on one store: through the store and, where it is configured, over Redis. A node with its own store
/// needs neither.
/// </summary>
internal static class BusParts
{
    /// <param name="redis"><c>host:port[,host:port]</c>; empty: none</param>
    public static void AddBus(this IServiceCollection services, StorageOptions storage, string redis)
    {
        services.AddSingleton<BusMetrics>();
        if (!storage.IsShared)
        {
            services.AddSingleton<IBus>(new LocalBus());
            return;
        }

        services.AddSingleton(provider => new NoticeBoard((PostgresDatabase)provider.GetRequiredService<Database>()));
        services.AddSingleton<NotifyBus>();
        services.AddHostedService(provider => provider.GetRequiredService<NotifyBus>());
        if (redis.Length > 0)
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisBus>(provider, redis));
        services.AddSingleton<IBus>(provider => new CombinedBus(provider.GetService<RedisBus>(), provider.GetRequiredService<NotifyBus>()));
    }
}

using Maru.Engine.Bus;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;

namespace Maru.Server.Bus;

/// <summary>How nodes on one store tell each other: through the store and, where there is one, over Redis. A store of one's own needs neither.</summary>
internal static class BusParts
{
    public static void AddBus(this IServiceCollection services, MaruOptions options)
    {
        if (!StorageParts.IsShared(options))
        {
            services.AddSingleton<IBus>(new LocalBus());
            return;
        }

        services.AddSingleton(provider => new NoticeBoard((PostgresDatabase)provider.GetRequiredService<Database>()));
        services.AddSingleton<NotifyBus>();
        services.AddHostedService(provider => provider.GetRequiredService<NotifyBus>());
        if (options.Redis.Length > 0) services.AddSingleton<RedisBus>();
        services.AddSingleton<IBus>(provider => new CombinedBus(provider.GetService<RedisBus>(), provider.GetRequiredService<NotifyBus>()));
    }
}

using Maru.Server.Bus;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;

namespace Maru.Server.Cluster;

/// <summary>What nodes on one store know of each other. On a store of one node's own there is nothing to know.</summary>
internal static class ClusterParts
{
    public static void AddCluster(this IServiceCollection services, MaruOptions options)
    {
        services.AddSingleton<ThisNode>();
        services.AddSingleton<News>();
        if (!StorageParts.IsShared(options)) return;
        services.AddHostedService<NodeRegistry>();
        services.AddHostedService(provider => provider.GetRequiredService<News>());
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<NewsListener>(provider, (PostgresDatabase)provider.GetRequiredService<Database>()));
    }
}

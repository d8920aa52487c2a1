using Maru.Server.Storage;

namespace Maru.Server.Cluster;

/// <summary>What nodes on one store know of each other. On a store of one node's own there is nothing to know.</summary>
internal static class ClusterParts
{
    public static void AddCluster(this IServiceCollection services, MaruOptions options)
    {
        services.AddSingleton<ThisNode>();
        if (StorageParts.IsShared(options)) services.AddHostedService<NodeRegistry>();
    }
}

using Maru.Server.Storage;

namespace Maru.Server.Cluster;

/// <summary>What nodes on one store know of each other. On a store of one node's own there is nothing to know.</summary>
internal static class ClusterParts
{
    public static void AddCluster(this IServiceCollection services, StorageOptions storage)
    {
        services.AddSingleton<ThisNode>();
        if (storage.IsShared) services.AddHostedService<NodeRegistry>();
    }
}

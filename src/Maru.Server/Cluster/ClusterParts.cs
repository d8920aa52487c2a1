using Maru.Server.Storage;

namespace Maru.Server.Cluster;

/// <summary>Registers the list of nodes on one store. A store of one node needs none.</summary>
internal static class ClusterParts
{
    public static void AddCluster(this IServiceCollection services, StorageOptions storage)
    {
        services.AddSingleton<ThisNode>();
        if (storage.IsShared) services.AddHostedService<NodeRegistry>();
    }
}

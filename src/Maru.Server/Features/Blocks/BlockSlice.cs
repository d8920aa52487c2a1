using Maru.Server.Audit;
using Maru.Server.Platform;

namespace Maru.Server.Features.Blocks;

/// <summary>Blocks: people who do not reach somebody any more, and cannot tell.</summary>
internal static class BlockSlice
{
    public static void AddBlocks(this IServiceCollection services)
    {
        services.AddSingleton<BlockStore>();
        services.AddSingleton<BlockEvents>();
        services.AddSingleton<BlockChanges>();
        services.AddHostedService<BarRepair>();
        services.AddSingleton<IStoreCheck, BarCheck>();
        services.AddJson(BlockJson.Default);
    }
}

using Maru.Engine;
using Maru.Engine.People;
using Maru.Server.Audit;
using Maru.Server.Platform;

namespace Maru.Server.Features.ReadState;

/// <summary>How far people have read, and what is unread.</summary>
internal static class ReadStateSlice
{
    public static void AddReadState(this IServiceCollection services)
    {
        services.AddSingleton<ReadStateStore>();
        services.AddSingleton<PositionStore>();
        services.AddSingleton<MentionNewsStore>();
        services.AddSingleton<IStoreCheck, MentionCheck>();
        services.AddSingleton<IStoreCheck, BlockCheck>();
        services.AddSingleton<IStoreCheck, ReadAudit>();
        services.AddSingleton<ReadPositions>();
        services.AddHostedService(provider => provider.GetRequiredService<ReadPositions>());
        services.AddSingleton<OwnCounts>();
        services.AddHostedService(provider => provider.GetRequiredService<OwnCounts>());
        services.AddSingleton<UserSnapshot>(provider => async (user, ct) =>
            await provider.GetRequiredService<ChatEngine>().Unread!.FollowAsync(user, ct));
        services.AddJson(ReadStateJson.Default);
    }
}

using Maru.Server.Audit;
using Maru.Server.Platform;

namespace Maru.Server.Features.Scheduled;

/// <summary>Scheduled messages: written now, sent later, once, whichever nodes run and whenever they were down.</summary>
internal static class ScheduledSlice
{
    public static void AddScheduled(this IServiceCollection services)
    {
        services.AddSingleton<ScheduledStore>();
        services.AddSingleton<ScheduledLists>();
        services.AddSingleton<ScheduledChanges>();
        services.AddSingleton<ScheduledEvents>();
        services.AddSingleton<ScheduledMetrics>();
        services.AddSingleton<ScheduledSender>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduledSender>());
        services.AddSingleton<IStoreCheck, ScheduledCheck>();
        services.AddJson(ScheduledJson.Default);
    }
}

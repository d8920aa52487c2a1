namespace Maru.Server.Audit;

/// <summary>What the store keeps twice must balance. Slices with numbers of their own add their checks.</summary>
internal static class AuditSlice
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<StoreAudit>();
        services.AddSingleton<IStoreCheck, LogCheck>();
        services.AddSingleton<IStoreCheck, MemberCheck>();
        services.AddSingleton<IStoreCheck, ReactionCheck>();
        services.AddSingleton<IStoreCheck, ReplyCheck>();
        services.AddSingleton<LastAudit>();
        services.AddHostedService(provider => provider.GetRequiredService<LastAudit>());
    }
}

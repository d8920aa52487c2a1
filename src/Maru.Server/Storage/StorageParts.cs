namespace Maru.Server.Storage;

internal static class StorageParts
{
    public static void AddStorage(this IServiceCollection services)
    {
        services.AddSingleton<Database>();
        services.AddSingleton<Migrator>();
    }
}

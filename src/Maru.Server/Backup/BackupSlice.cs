using Maru.Server.Backup.Places;
using Maru.Server.Configuration;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Storage;

namespace Maru.Server.Backup;

/// <summary>Backups of everything that is not made again by itself, and what is restored of them.</summary>
internal static class BackupSlice
{
    public static void AddBackup(
        this IServiceCollection services, BackupOptions options, FilesOptions files, StorageOptions storage)
    {
        if (options.Every > TimeSpan.Zero && storage.IsShared)
            throw new StartException(
                "Maru:Backup:Every is for a store in SQLite. For PostgreSQL let a timer run maru backup, or archive its log: "
                + "docs/operations.md.");
        if (options.Every > TimeSpan.Zero) BackupPlaces.OpenToWrite(options.Folder, options.S3, files.S3).Dispose();    // it can be one
        services.AddSingleton<IStoreCopy>(provider => storage.IsShared
            ? new PostgresCopy(storage, Lazily<Database>(provider))
            : new SqliteCopy(provider.GetRequiredService<StorageOptions>(), Lazily<Database>(provider)));
        services.AddSingleton<BackupRun>();
        services.AddSingleton<BackupSchedule>();
        services.AddHostedService(provider => provider.GetRequiredService<BackupSchedule>());
    }

    /// <summary>Lets a program restore a backup before it opens the store.</summary>
    public static void AddRestore(this IServiceCollection services, RestoreRequest request)
    {
        var storage = (StorageOptions)services.Last(x => x.ServiceType == typeof(StorageOptions)).ImplementationInstance!;
        if (!storage.IsShared) services.AddSingleton(SqliteCopy.Aside(storage));
        services.AddSingleton(request);
        services.AddSingleton<RestoringStore>();
        services.AddSingleton(Lazily<Database>);
        services.AddSingleton(Lazily<IFileStore>);
        services.AddSingleton<StoreRestore>();
    }

    /// <summary>Restores the backup, where this program is to.</summary>
    /// <exception cref="StartException">It cannot be restored.</exception>
    public static Task RestoreStoreAsync(this IServiceProvider services) =>
        services.GetService<StoreRestore>()?.PutBackAsync() ?? Task.CompletedTask;

    private static Lazy<T> Lazily<T>(IServiceProvider provider) where T : notnull => new(provider.GetRequiredService<T>);
}

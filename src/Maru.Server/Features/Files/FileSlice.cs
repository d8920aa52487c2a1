using Maru.Server.Audit;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Platform;
using Maru.Server.Platform.Pages;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files;

/// <summary>Files that people upload: they arrive, are made safe, are kept in a store of their own, and are sent with messages.</summary>
internal static class FileSlice
{
    public static void AddFiles(this IServiceCollection services, FilesOptions options, StorageOptions storage)
    {
        services.AddSingleton(options.Pictures);
        services.AddSingleton<IFileStore>(provider => options.S3.IsUsed
            ? new S3Files(options.S3)
            : new LocalFiles(Path.Combine(storage.Data, "files"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new PresignedAddresses(options.S3, provider.GetRequiredService<TimeProvider>()));
        if (options.S3 is { Presigned: true } or { PresignedUploads: true })
            services.AddSingleton(new ContentOrigin(options.S3.BrowserOrigin, IsShown: options.S3.Presigned));
        services.AddSingleton<PictureMaker>();
        services.AddSingleton<Arrivals>();
        services.AddHostedService(provider => provider.GetRequiredService<Arrivals>());
        services.AddSingleton<FileRecords>();
        services.AddSingleton<FileIntake>();
        services.AddSingleton<FileLists>();
        services.AddSingleton<FileRemoval>();
        services.AddSingleton<FileMetrics>();
        services.AddHostedService<FileSweep>();
        services.AddSingleton<IStoreCheck, FileCheck>();
        services.AddSingleton<IContentCheck, FileContents>();
        services.AddJson(FilesJson.Default);
    }

    /// <summary>Looks whether files can be kept.</summary>
    /// <exception cref="StartException">The store of files cannot be used.</exception>
    public static async Task OpenFilesAsync(this IServiceProvider services)
    {
        if (services.GetRequiredService<IFileStore>() is S3Files bucket) await bucket.CheckAsync(CancellationToken.None);
    }
}

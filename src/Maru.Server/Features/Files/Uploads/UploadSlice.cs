using Maru.Server.Platform;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>Uploads in parts: large files that go on after a break, on whatever node.</summary>
internal static class UploadSlice
{
    public static void AddUploads(this IServiceCollection services)
    {
        services.AddSingleton<UploadRecords>();
        services.AddSingleton<UploadParts>();
        services.AddSingleton<UploadReceiver>();
        services.AddSingleton<UploadAssembly>();
        services.AddSingleton<PresignedUploads>();
        services.AddHostedService<UploadSweep>();
        services.AddJson(UploadsJson.Default);
    }
}

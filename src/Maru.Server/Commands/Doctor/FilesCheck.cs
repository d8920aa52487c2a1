using Maru.Server.Features.Files.Pictures;

namespace Maru.Server.Commands.Doctor;

/// <summary>The store of people's files, and the process that makes pictures.</summary>
internal static class FilesCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        var options = patient.Options.Files;
        return
        [
            options.S3.IsUsed
                ? await PlaceProbe.BucketAsync("files", "Maru:Files:S3:Bucket", options.S3, patient.Time, ct)
                : PlaceProbe.Folder("files", Path.Combine(patient.Options.Data, "files")),
            await PicturesAsync(options.Pictures, ct),
        ];
    }

    private static async Task<Finding> PicturesAsync(PictureOptions options, CancellationToken ct)
    {
        using var worker = new PictureWorker(options.MemoryBytes);
        return await worker.IsReadyAsync(Patience, ct)
            ? Finding.Ok("pictures", "their process starts and can work")
            : Finding.Problem(
                "pictures", "their process does not start: uploads of pictures fail",
                "Look what `maru pictures 805306368` says, and raise Maru:Files:Pictures:MemoryBytes if that is memory.");
    }
}

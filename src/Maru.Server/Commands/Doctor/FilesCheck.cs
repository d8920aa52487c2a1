using Maru.Server.Configuration;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

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
            options.S3.IsUsed ? await BucketAsync(options.S3, patient.Time, ct) : Folder(Path.Combine(patient.Options.Data, "files")),
            await PicturesAsync(options.Pictures, ct),
        ];
    }

    private static Finding Folder(string folder)
    {
        var nearest = Patient.Nearest(folder);
        try
        {
            var path = Path.Combine(nearest, $".maru-doctor-{Guid.NewGuid():n}");
            OwnFile.Open(path, FileMode.CreateNew, FileShare.None, FileOptions.DeleteOnClose).Dispose();
            return Finding.Ok(
                "files", Directory.Exists(folder) ? $"{nearest} can be written" : $"{Path.GetFullPath(folder)} is made at the first start");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Problem(
                "files", $"{nearest} cannot be written: {e.Message}", "Give the server's user the right to write there.");
        }
    }

    private static async Task<Finding> BucketAsync(S3Options options, TimeProvider time, CancellationToken ct)
    {
        using var bucket = new S3Files(options);
        var key = $"doctor/{Guid.NewGuid():n}";
        var source = Path.GetTempFileName();
        try
        {
            await bucket.CheckAsync(ct);
            var start = time.GetTimestamp();
            await File.WriteAllTextAsync(source, key, ct);
            await bucket.PutAsync(key, source, FileType.Unknown, ct);
            var isWhole = await ReadAsync(bucket, key, ct) == key;
            await bucket.DeleteAsync([key], ct);
            var took = time.GetElapsedTime(start).TotalMilliseconds;
            return isWhole
                ? Finding.Ok(
                    "files", FormattableString.Invariant($"bucket {options.Bucket}: put, got and deleted an object in {took:F0} ms"))
                : Finding.Problem(
                    "files", $"bucket {options.Bucket} gives back other bytes than it was given",
                    "Look at the store and what stands before it.");
        }
        catch (StartException e)
        {
            return Finding.Problem("files", e);
        }
        catch (FileStoreException e)
        {
            return Finding.Problem(
                "files", $"bucket {options.Bucket}: {e.Message}",
                "Let the keys' user put, get and delete objects there, and look at the store.");
        }
        finally
        {
            File.Delete(source);
        }
    }

    private static async Task<string?> ReadAsync(S3Files bucket, string key, CancellationToken ct)
    {
        await using var content = await bucket.OpenAsync(key, ct);
        if (content is null) return null;
        using var reader = new StreamReader(content);
        return await reader.ReadToEndAsync(ct);
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

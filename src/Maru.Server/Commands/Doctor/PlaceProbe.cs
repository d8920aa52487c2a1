using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Commands.Doctor;

/// <summary>Tries whether a place can be written to: a file that is gone at once, an object that is put, got and deleted.</summary>
internal static class PlaceProbe
{
    /// <param name="check">the check that looks</param>
    /// <param name="folder">is there, or is made at the first start</param>
    public static Finding Folder(string check, string folder)
    {
        var nearest = Patient.Nearest(folder);
        try
        {
            var path = Path.Combine(nearest, $".maru-doctor-{Guid.NewGuid():n}");
            OwnFile.Open(path, FileMode.CreateNew, FileShare.None, FileOptions.DeleteOnClose).Dispose();
            return Finding.Ok(
                check, Directory.Exists(folder) ? $"{nearest} can be written" : $"{Path.GetFullPath(folder)} is made when it is needed");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Problem(
                check, $"{nearest} cannot be written: {e.Message}", "Give the server's user the right to write there.");
        }
    }

    /// <param name="check">the check that looks</param>
    /// <param name="called">what the bucket is, for people</param>
    /// <param name="options">the bucket</param>
    /// <param name="time">for how long it takes</param>
    /// <param name="ct">ends it</param>
    public static async Task<Finding> BucketAsync(
        string check, string called, S3Options options, TimeProvider time, CancellationToken ct)
    {
        using var bucket = new S3Files(options);
        var key = $"doctor/{Guid.NewGuid():n}";
        var source = Path.GetTempFileName();
        try
        {
            await bucket.CheckAsync(ct, called);
            var start = time.GetTimestamp();
            await File.WriteAllTextAsync(source, key, ct);
            await bucket.PutAsync(key, source, FileType.Unknown, ct);
            var isWhole = await ReadAsync(bucket, key, ct) == key;
            await bucket.DeleteAsync([key], ct);
            var took = time.GetElapsedTime(start).TotalMilliseconds;
            return isWhole
                ? Finding.Ok(
                    check, FormattableString.Invariant($"bucket {options.Bucket}: put, got and deleted an object in {took:F0} ms"))
                : Finding.Problem(
                    check, $"bucket {options.Bucket} gives back other bytes than it was given",
                    "Look at the store and what stands before it.");
        }
        catch (StartException e)
        {
            return Finding.Problem(check, e);
        }
        catch (FileStoreException e)
        {
            return Finding.Problem(
                check, $"bucket {options.Bucket}: {e.Message}",
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
}

using Maru.Server.Backup.Places;
using Maru.Server.Configuration;

namespace Maru.Server.Commands.Doctor;

/// <summary>Where the server puts its backups.</summary>
internal static class BackupsCheck
{
    public static async Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        var options = patient.Options.Backup;
        if (!BackupPlaces.IsBucket(options.Folder)) return [PlaceProbe.Folder("backups", options.Folder)];
        try
        {
            var bucket = BackupPlaces.BucketToWrite(options.Folder, options.S3, patient.Options.Files.S3);
            return [await PlaceProbe.BucketAsync("backups", "The bucket of backups", bucket, patient.Time, ct)];
        }
        catch (StartException e)
        {
            return [Finding.Problem("backups", e)];
        }
    }
}

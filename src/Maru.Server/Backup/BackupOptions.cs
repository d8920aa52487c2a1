using System.ComponentModel.DataAnnotations;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Backup;

/// <summary>Backups: how fast they are made, and those that the server makes by itself.</summary>
internal sealed class BackupOptions : IValidatableObject
{
    /// <summary>Time between two backups that the server makes by itself, of a store in SQLite; zero: it makes none.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan Every { get; set; }

    /// <summary>
    /// Folder in which each of them has a folder of its own, named by its time; or a part of a bucket: <c>s3://bucket/prefix</c>.
    /// </summary>
    public string Folder { get; set; } = "";

    /// <summary>How many of them are kept.</summary>
    [Range(1, 10_000)]
    public int Keep { get; set; } = 7;

    /// <summary>Bytes a second that a backup copies at most, also one of the command, so that it leaves the disk to the messages.</summary>
    [Range(64 * 1024, long.MaxValue)]
    public long BytesPerSecond { get; set; } = 32 * 1024 * 1024;

    /// <summary>How backups reach a bucket, also those of the command: not by the keys of files, whose loss they are for.</summary>
    public S3Connection S3 { get; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Every > TimeSpan.Zero && Every < TimeSpan.FromMinutes(1)) yield return new ValidationResult("Every must be a minute or more.");
        if (Every > TimeSpan.Zero && Folder.Length == 0) yield return new ValidationResult("Every needs Folder.");
    }
}

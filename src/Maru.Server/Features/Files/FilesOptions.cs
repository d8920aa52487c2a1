using System.ComponentModel.DataAnnotations;
using Maru.Server.Features.Files.Pictures;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Features.Files;

/// <summary>Limits of files that people upload.</summary>
internal sealed class FilesOptions
{
    private const long MostBytes = 1L << 40;

    /// <summary>Bytes of a picture.</summary>
    [Range(1, MostBytes)]
    public long ImageBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Bytes of a video.</summary>
    [Range(1, MostBytes)]
    public long VideoBytes { get; set; } = 50 * 1024 * 1024;

    /// <summary>Bytes of a sound, a voice message too.</summary>
    [Range(1, MostBytes)]
    public long AudioBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>Bytes of any other file.</summary>
    [Range(1, MostBytes)]
    public long DocumentBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>Bytes that all files of one user may have together.</summary>
    [Range(1, long.MaxValue)]
    public long BytesPerUser { get; set; } = 5L * 1024 * 1024 * 1024;

    /// <summary>Files that one user may have.</summary>
    [Range(1, int.MaxValue)]
    public int PerUser { get; set; } = 20_000;

    /// <summary>
    /// Bytes a second that all uploads of a node bring together, so that they leave the disk to the messages; those beyond it wait.
    /// </summary>
    [Range(64 * 1024, int.MaxValue)]
    public int UploadBytesPerSecond { get; set; } = 32 * 1024 * 1024;

    /// <summary>Uploads that a node takes at the same time; one more is asked to come again.</summary>
    [Range(1, 100_000)]
    public int Uploads { get; set; } = 500;

    /// <summary>Uploads of one user that a node takes at the same time.</summary>
    [Range(1, 100_000)]
    public int UploadsPerUser { get; set; } = 12;

    /// <summary>Time in which the body of an upload must arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Uploads in parts of one user that have not become files yet.</summary>
    [Range(1, 100_000)]
    public int OpenUploadsPerUser { get; set; } = 100;

    /// <summary>Time after its last part that an upload in parts is kept.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan OpenUploadsFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>A file that was not sent, is nobody's picture, and waits in no scheduled message, goes after this time.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan UnsentFor { get; set; } = TimeSpan.FromDays(1);

    public PictureOptions Pictures { get; } = new();

    public S3Options S3 { get; } = new();

    /// <summary>The largest file of any kind.</summary>
    internal long Largest => Math.Max(Math.Max(ImageBytes, VideoBytes), Math.Max(AudioBytes, DocumentBytes));

    internal long LimitOf(FileKind kind) => kind switch
    {
        FileKind.Image => ImageBytes,
        FileKind.Video => VideoBytes,
        FileKind.Audio => AudioBytes,
        _ => DocumentBytes,
    };
}

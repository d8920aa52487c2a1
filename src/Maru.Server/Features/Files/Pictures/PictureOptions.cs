using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Files.Pictures;

/// <summary>Limits of the processes that make pictures.</summary>
internal sealed class PictureOptions
{
    /// <summary>Processes that make pictures at the same time.</summary>
    [Range(1, 64)]
    public int Workers { get; set; } = 1;

    /// <summary>Pictures that may wait for one of them; beyond it uploads are asked to come again.</summary>
    [Range(1, 100_000)]
    public int Queue { get; set; } = 200;

    /// <summary>Pixels of a picture, of an animated one those of all its frames together.</summary>
    [Range(1, 1_000_000_000)]
    public long Pixels { get; set; } = 50_000_000;

    /// <summary>Bytes of memory that a process may have.</summary>
    [Range(256L * 1024 * 1024, 64L * 1024 * 1024 * 1024)]
    public long MemoryBytes { get; set; } = 768L * 1024 * 1024;

    /// <summary>Time that one picture may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);
}

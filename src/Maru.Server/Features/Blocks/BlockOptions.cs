using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Blocks;

/// <summary>Limits of blocks.</summary>
internal sealed class BlockOptions
{
    /// <summary>People whom one user may block.</summary>
    [Range(1, 100_000)]
    public int PerUser { get; set; } = 10_000;
}

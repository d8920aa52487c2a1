using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Stars;

/// <summary>Limits of stars.</summary>
internal sealed class StarOptions
{
    /// <summary>Messages that one user may have starred.</summary>
    [Range(1, 100_000)]
    public int PerUser { get; set; } = 10_000;
}

using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Reactions;

/// <summary>Limits of reactions.</summary>
internal sealed class ReactionOptions
{
    /// <summary>Kinds of emoji that one message may have.</summary>
    [Range(1, 100)]
    public int KindsPerMessage { get; set; } = 20;

    /// <summary>Kinds of emoji that one user may give one message.</summary>
    [Range(1, 100)]
    public int KindsPerUser { get; set; } = 10;
}

using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Scheduled;

/// <summary>Limits of scheduled messages.</summary>
internal sealed class ScheduledOptions
{
    /// <summary>Scheduled messages that one user may have, in all rooms together; those that failed count until they are removed.</summary>
    [Range(1, 10_000)]
    public int PerUser { get; set; } = 100;

    /// <summary>How far ahead a message may be scheduled.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3660.00:00:00")]
    public TimeSpan Ahead { get; set; } = TimeSpan.FromDays(366);
}

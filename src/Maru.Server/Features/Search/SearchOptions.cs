using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Search;

/// <summary>Search in messages.</summary>
internal sealed class SearchOptions
{
    /// <summary>false: messages are neither indexed nor found.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Messages a second that are brought into the index at most; those beyond it wait.</summary>
    [Range(100, 1_000_000)]
    public int MessagesPerSecond { get; set; } = 5000;

    /// <summary>Messages a second that a node commits above which the index takes less.</summary>
    [Range(100, 1_000_000)]
    public int YieldAbove { get; set; } = 2000;
}

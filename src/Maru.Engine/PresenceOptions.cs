using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace Maru.Engine;

/// <summary>Times and bounds of presence and typing.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The converter that a range of times needs is TimeSpan's own.")]
public sealed class PresenceOptions
{
    /// <summary>A person who does nothing for this long is away, however many connections they have.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AwayAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A person whose last connection ended stays as they were for this long: clients connect again by themselves.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A node that is not heard of for this long is gone, and its people with it; each node tells of itself five times in it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>People whom one request asks for, or one connection watches.</summary>
    [Range(1, 10_000)]
    public int People { get; set; } = 200;

    /// <summary>People a second whom one user may ask for or begin to watch in the long run; 0 means no limit.</summary>
    [Range(0, 1_000_000)]
    public int PeoplePerSecond { get; set; } = 200;

    /// <summary>People whom one user may ask for or begin to watch at once after a rest.</summary>
    [Range(1, 1_000_000)]
    public int PeopleBurst { get; set; } = 4000;

    /// <summary>A person who does not say again that they type has stopped after this time.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:01:00")]
    public TimeSpan TypingExpiry { get; set; } = TimeSpan.FromSeconds(6);
}

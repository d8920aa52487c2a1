using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Contacts;

/// <summary>Limits of contacts.</summary>
internal sealed class ContactOptions
{
    /// <summary>Contacts that one user may have.</summary>
    [Range(1, 100_000)]
    public int PerUser { get; set; } = 5000;

    /// <summary>Requests of one user that wait for an answer.</summary>
    [Range(1, 10_000)]
    public int RequestsPerUser { get; set; } = 200;

    /// <summary>Requests to one user that wait for an answer.</summary>
    [Range(1, 10_000)]
    public int RequestsToUser { get; set; } = 1000;

    /// <summary>How long somebody whose request was declined waits before they can ask the same person again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan AskAgainAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Invitations to group rooms that wait for one user.</summary>
    [Range(1, 10_000)]
    public int InvitationsToUser { get; set; } = 500;
}

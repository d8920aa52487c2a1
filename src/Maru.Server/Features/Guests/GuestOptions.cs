using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Guests;

/// <summary>Rules for guests.</summary>
internal sealed class GuestOptions
{
    /// <summary>true: whoever has a name comes in as a guest, without an account.</summary>
    public bool Enabled { get; set; }

    /// <summary>A guest who was not seen for this long is deleted, as one is whose sessions have all ended.</summary>
    [Range(typeof(TimeSpan), "00:15:00", "3650.00:00:00")]
    public TimeSpan Unseen { get; set; } = TimeSpan.FromDays(7);
}

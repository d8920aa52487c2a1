using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Sessions;

/// <summary>Rules for sign-ins.</summary>
internal sealed class SignInOptions
{
    /// <summary>A sign-in ends the user's other sessions.</summary>
    public bool Single { get; set; }

    /// <summary>Sessions that a user may have; one more ends that which was not used for longest.</summary>
    [Range(1, 10_000)]
    public int PerUser { get; set; } = 100;

    /// <summary>A session ends after this time, however often it is refreshed.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(90);
}

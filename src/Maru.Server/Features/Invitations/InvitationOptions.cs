using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Invitations;

/// <summary>Limits of invitation links.</summary>
internal sealed class InvitationOptions
{
    /// <summary>
    /// Invitation links that a room may have. Its plain members together have a half of them, so that they never keep owner and admins from
    /// making one.
    /// </summary>
    [Range(2, 1000)]
    public int PerRoom { get; set; } = 200;
}

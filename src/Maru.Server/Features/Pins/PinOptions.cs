using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Pins;

/// <summary>Limits of pins.</summary>
internal sealed class PinOptions
{
    /// <summary>Messages that a room may have pinned. All of them are one answer, so there cannot be very many.</summary>
    [Range(1, 200)]
    public int PerRoom { get; set; } = 100;
}

using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Polls;

/// <summary>Limits of polls.</summary>
internal sealed class PollOptions
{
    /// <summary>Options that a poll may have. All of them are in its message.</summary>
    [Range(2, 100)]
    public int OptionsPerPoll { get; set; } = 20;

    /// <summary>Characters of an option; eight times as many bytes.</summary>
    [Range(1, 1000)]
    public int OptionCharacters { get; set; } = 200;
}

namespace Maru.Engine.Problems;

/// <summary>The reason why something was not done: the same value for a draft, a frame and a request.</summary>
/// <param name="Problem">the kind</param>
/// <param name="Detail">a sentence about this refusal that says what to change, or null</param>
/// <param name="Field">the field that is wrong, for <see cref="Problem.Invalid"/>; null for any other</param>
public sealed record Refusal(Problem Problem, string? Detail = null, string? Field = null)
{
    public static readonly Refusal NotAMember = new(Problem.NotFound, "There is no such room, or you are no longer a member.");

    /// <summary>Seconds after which the same may be done; 0: waiting does not help, or nobody knows.</summary>
    public int RetryAfter { get; init; }

    public static implicit operator Refusal(Problem problem) => new(problem);
}

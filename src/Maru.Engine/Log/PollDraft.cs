using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>The question of a poll, which is a message.</summary>
public sealed class PollDraft : ReferringDraft
{
    private static readonly Refusal IsOver = new(Problem.Invalid, "closesAt must be in the future.", "closesAt");

    private readonly long _closesAt;

    /// <param name="body">the question</param>
    /// <param name="poll">as JSON, as everybody sees it</param>
    /// <param name="closesAt">unix milliseconds; 0: never by itself</param>
    internal PollDraft(
        Right right, byte[] sender, in MessageBody body, byte[] poll, long closesAt, byte[]? clientKey, IDraftOwner owner)
        : base(right, sender, body, clientKey, default, owner, poll.Length) => (Poll, _closesAt) = (poll, closesAt);

    public override byte[] Poll { get; }

    /// <summary>Returns why it cannot begin at that time; null: it can.</summary>
    internal Refusal? RefuseAt(long at) => _closesAt > 0 && _closesAt <= at ? IsOver : null;
}

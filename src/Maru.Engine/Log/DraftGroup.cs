using Maru.Engine.Bus;
using Maru.Engine.Rooms;

namespace Maru.Engine.Log;

/// <summary>
/// What one STOMP transaction holds: its messages are appended whole or not at all, its signals go out once they are. The session fills it, the commit loop completes it,
/// lanes settle its drafts.
/// </summary>
internal sealed class DraftGroup
{
    private int _settled;

    /// <summary>Its messages, in the order of their frames.</summary>
    public List<Draft> Drafts { get; } = [];

    public List<(Membership Membership, SignalFrame Signal)> Signals { get; } = [];

    /// <summary>The COMMIT frame's own receipt, or null.</summary>
    public byte[]? Receipt { get; set; }

    /// <summary>Which message was refused, and why, so that none was appended; null when none was refused for its own sake.</summary>
    public string? Detail { get; private set; }

    /// <summary>The commit loop, when the log is done: one refused message refuses the others.</summary>
    public void Complete()
    {
        Detail = null;
        if (Drafts.Find(x => x.Refusal is not null) is not { Refusal: { } refusal } culprit) return;
        Detail = Culprit(culprit.Number, refusal, culprit.Detail);
        foreach (var draft in Drafts)
        {
            if (draft.Refusal is null) draft.Refuse(Problem.TransactionRefused, Detail);
        }
    }

    /// <summary>What the COMMIT is told.</summary>
    /// <param name="number">of the SEND in its transaction, from 1</param>
    public static string Culprit(int number, Problem refusal, string? detail) =>
        $"Message {number} of the transaction was refused ({refusal.Slug}), so none was stored. {detail}".TrimEnd();

    /// <summary>Any of the lanes: counts a draft whose outcome its owner was told; true for the last.</summary>
    public bool Settle() => Interlocked.Increment(ref _settled) == Drafts.Count;
}

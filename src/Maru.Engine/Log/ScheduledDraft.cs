using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>
/// A message that was written before, to be sent at its time. The commit that appends it removes its row: so it is sent once, however many
/// nodes try, and never when it was cancelled or changed.
/// </summary>
public sealed class ScheduledDraft : ReferringDraft
{
    /// <summary>The refusal of one whose row is not as it was read.</summary>
    public static readonly Refusal NotDue = new(Problem.Conflict, "It was sent, changed or cancelled meanwhile.");

    /// <param name="id">of its row</param>
    /// <param name="version">of its row, as it was read</param>
    internal ScheduledDraft(
        Right right, byte[] sender, in MessageBody body, byte[]? clientKey, IDraftOwner owner, long id, long version)
        : base(right, sender, body, clientKey, default, owner) => (Id, Version) = (id, version);

    public long Id { get; }

    public long Version { get; }
}

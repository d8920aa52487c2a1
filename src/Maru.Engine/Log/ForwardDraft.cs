using System.Text;
using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>
/// A message that is forwarded to a room. Without its origin it is refused in the commit, behind its key: a retry finds the first forward,
/// whatever has become of the message since then.
/// </summary>
public sealed class ForwardDraft : MessageDraft
{
    /// <summary>The refusal where there is none.</summary>
    internal static readonly Refusal Gone = new(Problem.NotFound, "There is no message to forward that you may see.");

    private readonly Forward _forward;

    /// <param name="found">the message; null: the sender may not see it</param>
    internal ForwardDraft(
        Right right, byte[] sender, in MessageBody body, Forward forward, Forwarded? found, byte[]? clientKey, Ticket ticket,
        IDraftOwner owner)
        : base(
            right, sender, new MessageBody { Text = found?.Text ?? [], ReplyTo = body.ReplyTo }, clientKey, ticket, owner,
            (found?.Origin.Profile.Length ?? 0) + (FileBytes * (found?.Files.Count ?? 0)))
    {
        (_forward, Origin) = (forward, found?.Origin);
        if (found?.Files.Count > 0) Attachments = new Attachments(found.Files, areForwarded: true);
    }

    public override Origin? Origin { get; }

    public override Attachments? Attachments { get; }

    /// <summary>Which message it is, and not its text: that may be edited between a send and its retry. No text begins so.</summary>
    internal override byte[] Content => Encoding.UTF8.GetBytes($"\0{_forward.Room} {_forward.Seq}");
}

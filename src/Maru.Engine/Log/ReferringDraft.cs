namespace Maru.Engine.Log;

/// <summary>
/// A message with words that look like mentions, or with files. Who of them is a member, and what the files are, is decided in the commit.
/// </summary>
public class ReferringDraft : MessageDraft
{
    private Mentions? _mentions;

    internal ReferringDraft(
        Right right, byte[] sender, in MessageBody body, byte[]? clientKey, Ticket ticket, IDraftOwner owner, int more = 0)
        : base(right, sender, body, clientKey, ticket, owner, more)
    {
        Words = body.Mentions;
        if (body.Files.Count > 0) Attachments = new Attachments(body.Files, areForwarded: false);
    }

    /// <summary>What looks like a mention.</summary>
    public IReadOnlyList<MentionWord> Words { get; }

    /// <summary>Set in the commit.</summary>
    public override Mentions? Mentions => _mentions;

    public override Attachments? Attachments { get; }

    /// <param name="member">finds a member of the room by handle</param>
    /// <param name="mayMentionAll">whether the sender may</param>
    /// <param name="blocks">whether a member blocks the sender</param>
    internal void Resolve(Func<string, UserId?> member, Func<bool> mayMentionAll, Func<UserId, bool> blocks) =>
        _mentions = Mentions.Find(Words, Actor, member, mayMentionAll, blocks);
}

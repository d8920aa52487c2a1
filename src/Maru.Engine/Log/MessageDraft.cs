using Maru.Engine.Output;

namespace Maru.Engine.Log;

/// <summary>A message on its way into the log. Its text was copied once, off the socket's buffer.</summary>
public class MessageDraft : Draft
{
    /// <summary>About what a file makes the message longer.</summary>
    private protected const int FileBytes = 512;

    private readonly Right _right;
    private Entry? _entry;
    private int _messageAt;

    /// <param name="more">bytes that it has beside all that</param>
    internal MessageDraft(
        Right right, byte[] sender, in MessageBody body, byte[]? clientKey, Ticket ticket, IDraftOwner owner, int more = 0)
        : base(
            right.RoomId,
            right.User,
            256 + body.Text.Length + (clientKey?.Length ?? 0) + ticket.Bytes + (Mentions.BytesEach * body.Mentions.Count)
                + (FileBytes * body.Files.Count) + more,
            owner)
    {
        _right = right;
        Sender = sender;
        Text = body.Text;
        ReplyTo = body.ReplyTo;
        ClientKey = clientKey;
        Ticket = ticket;
    }

    /// <summary>Whom it mentions; null: nobody.</summary>
    public virtual Mentions? Mentions => null;

    /// <summary>The poll whose question it is, as JSON; null: it is none.</summary>
    public virtual byte[]? Poll => null;

    /// <summary>Its files; null: it has none.</summary>
    public virtual Attachments? Attachments => null;

    /// <summary>Where its text was said first; null: here.</summary>
    public virtual Origin? Origin => null;

    /// <summary>The sender as <c>user</c> JSON, with the account's current name.</summary>
    public byte[] Sender { get; }

    /// <summary>UTF-8.</summary>
    public byte[] Text { get; }

    /// <summary>The seq replied to, or 0.</summary>
    public long ReplyTo { get; }

    /// <summary>The sender's own key, UTF-8, or null.</summary>
    public byte[]? ClientKey { get; }

    /// <summary>What a repeated key must have again to mean the same message, beside <see cref="ReplyTo"/>.</summary>
    internal virtual byte[] Content => Text;

    /// <summary>The client's name for its send.</summary>
    internal Ticket Ticket { get; }

    /// <summary>The transaction in which it was sent, or null.</summary>
    internal TransactionDraft? Transaction { get; set; }

    /// <summary>The number of the send in its transaction, from 1.</summary>
    internal int Number { get; init; }

    /// <summary>The message as JSON, a part of the event that all receivers get; empty unless it was appended now.</summary>
    public ReadOnlyMemory<byte> Json => _entry is null ? default : _entry.Body.AsMemory(_messageAt..^1);

    /// <summary>Makes the draft of a body.</summary>
    internal static MessageDraft Of(
        Right right, byte[] sender, in MessageBody body, byte[]? clientKey, Ticket ticket, IDraftOwner owner, int number = 0) =>
        body.Mentions.Count == 0 && body.Files.Count == 0
            ? new MessageDraft(right, sender, body, clientKey, ticket, owner) { Number = number }
            : new ReferringDraft(right, sender, body, clientKey, ticket, owner) { Number = number };

    /// <summary>Called when it is appended.</summary>
    /// <param name="head">its seq and its number</param>
    /// <param name="at">unix milliseconds</param>
    public void Committed(RoomHead head, long at)
    {
        Committed(head.Seq);
        var fields = new MessageFields
        {
            Room = Room,
            Seq = head.Seq,
            Kind = EntryKind.MessageCreated,
            Sender = Sender,
            Text = Text,
            At = at,
            ReplyTo = ReplyTo,
            ClientKey = ClientKey,
            Mentions = Mentions?.Json,
            Poll = Poll,
            IsPoll = Poll is not null,
            Files = Attachments?.Json,
            ForwardedFrom = Origin?.ToJson(Room),
        };
        var body = EventJson.Entry(EntryKind.MessageCreated, head.Seq, fields, out _messageAt);
        _entry = new Entry(Room, head.Seq, EntryKind.MessageCreated, body)
        {
            Number = head.Messages,
            Sender = Actor,
            Mentioned = Mentions?.Targets,
        };
    }

    public override void CopyEntries(List<Entry> into)
    {
        if (Refusal is null && !IsRepeat && _entry is not null) into.Add(_entry);
    }

    internal override void Prepare()
    {
        base.Prepare();
        if (!_right.IsActive) Refuse(Problems.Refusal.NotAMember);
    }

    internal override void Settle(FlushList flush)
    {
        base.Settle(flush);
        Transaction?.SettleOne(flush);
    }
}

using Maru.Engine.Rooms;

namespace Maru.Engine.Log;

/// <summary>A message on its way into the log. Its text was copied once, off the socket's buffer.</summary>
public sealed class MessageDraft : Draft
{
    private Entry? _entry;

    internal MessageDraft(Membership membership, byte[] sender, in MessageBody body, byte[]? clientKey, byte[]? receipt, IDraftOwner owner)
        : base(membership.Room.Id, membership.User, 256 + body.Text.Length + (clientKey?.Length ?? 0) + (receipt?.Length ?? 0), owner)
    {
        Membership = membership;
        Sender = sender;
        Text = body.Text;
        ReplyTo = body.ReplyTo;
        ClientKey = clientKey;
        Receipt = receipt;
    }

    internal Membership Membership { get; }

    /// <summary>The sender as <c>user</c> JSON, as the token's account is named now.</summary>
    public byte[] Sender { get; }

    /// <summary>UTF-8.</summary>
    public byte[] Text { get; }

    /// <summary>The seq replied to, or 0.</summary>
    public long ReplyTo { get; }

    /// <summary>The sender's own key, UTF-8, or null.</summary>
    public byte[]? ClientKey { get; }

    /// <summary>The receipt that the frame asked for, decoded, or null.</summary>
    internal byte[]? Receipt { get; }

    internal override bool IsAllowed => Membership.IsActive;

    /// <summary>The log gave it a seq and the time, in unix milliseconds.</summary>
    public void Committed(long seq, long at)
    {
        Committed(seq);
        var fields = new MessageFields
        {
            Room = Room,
            Seq = seq,
            Kind = EntryKind.MessageCreated,
            Sender = Sender,
            Text = Text,
            At = at,
            ReplyTo = ReplyTo,
            ClientKey = ClientKey,
        };
        _entry = new Entry(Room, seq, EntryKind.MessageCreated, EventJson.Entry(EntryKind.MessageCreated, seq, fields));
    }

    public override void CopyEntries(List<Entry> into)
    {
        if (Refusal is null && !IsRepeat && _entry is not null) into.Add(_entry);
    }
}

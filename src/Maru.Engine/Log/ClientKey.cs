using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>A sender's own key for a message in a room, by which a retry is recognised. <paramref name="text"/> is UTF-8.</summary>
internal readonly struct ClientKey(long room, long sender, byte[] text) : IComparable<ClientKey>
{
    public static readonly IEqualityComparer<ClientKey> Equality = EqualityComparer<ClientKey>.Create(
        (a, b) => a._hash == b._hash && a.Room == b.Room && a.Sender == b.Sender && a.Text.AsSpan().SequenceEqual(b.Text),
        x => x._hash);

    private readonly int _hash = Hash(room, sender, text);     // looked up in several maps, computed once

    public long Room => room;

    public long Sender => sender;

    public byte[] Text => text;

    public int CompareTo(ClientKey other)
    {
        var order = Room.CompareTo(other.Room);
        if (order == 0) order = Sender.CompareTo(other.Sender);
        return order != 0 ? order : Text.AsSpan().SequenceCompareTo(other.Text);
    }

    private static int Hash(long room, long sender, byte[] text)
    {
        var hash = new HashCode();
        hash.Add(room);
        hash.Add(sender);
        hash.AddBytes(text);
        return hash.ToHashCode();
    }
}

/// <summary>The first use of a <see cref="ClientKey"/>.</summary>
/// <param name="Seq">the seq of its message</param>
/// <param name="ContentHash">the hash of its content: see <see cref="HashOf"/></param>
internal readonly record struct KeyUse(long Seq, long ContentHash)
{
    /// <summary>
    /// Returns the hash of what must be equal for a repeated key to mean the same message: its content, the seq it replies to, its poll,
    /// and its files.
    /// </summary>
    public static long HashOf(MessageDraft draft)
    {
        var content = Digest(draft.Content) ^ draft.ReplyTo;
        if (draft.Poll is { } poll) content ^= Digest(poll);
        if (draft.Attachments is { AreForwarded: false } files) content ^= Digest(MemoryMarshal.AsBytes<long>([.. files.Ids]));
        return content;
    }

    private static long Digest(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>Settles a draft whose key was used before.</summary>
    /// <param name="hash">the hash of the draft's content</param>
    public void Settle(MessageDraft draft, long hash)
    {
        if (ContentHash == hash) draft.Repeated(Seq);
        else draft.Refuse(Problem.KeyReused);
    }
}

using Maru.Engine.Log;

namespace Maru.Engine.People;

/// <summary>What a batch of entries does to the unread counts of a room: its head, without bodies.</summary>
/// <param name="From">the seq of its first entry</param>
/// <param name="Head">the room's head with it</param>
/// <param name="Own">who sent which of its messages</param>
/// <param name="IsOdd">
/// true when it changes counts in a way that only the store can tell: a message was deleted, an edit changed its mentions, or
/// the room was deleted
/// </param>
internal sealed record RoomMark(RoomId Room, long From, RoomHead Head, List<(UserId Sender, long Seq)> Own, bool IsOdd)
{
    /// <summary>Whom its entries mention; null: nobody.</summary>
    public List<MentionMark>? Mentions { get; init; }

    /// <summary>Which members left; null: none.</summary>
    public List<UserId>? Left { get; init; }

    /// <summary>How many users it names.</summary>
    public int Count => Own.Count + (Mentions?.Count ?? 0) + (Left?.Count ?? 0);

    /// <param name="room">the room</param>
    /// <param name="entries">that were committed, in order, one at least</param>
    public static RoomMark Of(RoomId room, IReadOnlyList<Entry> entries)
    {
        List<(UserId, long)> own = [];
        List<MentionMark>? mentions = null;
        List<UserId>? gone = null;
        var isOdd = false;
        var messages = 0L;
        foreach (var entry in entries)
        {
            messages = Math.Max(messages, entry.Number);
            if (entry.Kind.IsMessage && entry.Sender is { } sender) own.Add((sender, entry.Seq));
            isOdd |= entry.Kind.RemovesMessage || entry.Kind.Rights == RightsChange.EndAll || !entry.Kind.IsKnown;
            if (entry is { Kind.Rights: RightsChange.End, Member: { } member }) (gone ??= []).Add(member);
            if (entry.Mentioned is not { } users) continue;
            isOdd |= !entry.Kind.IsMessage;
            foreach (var user in users) (mentions ??= []).Add(new MentionMark(user, entry.Sender ?? default, entry.Seq));
        }

        return new RoomMark(room, entries[0].Seq, new RoomHead(entries[^1].Seq, messages), own, isOdd)
        {
            Mentions = mentions,
            Left = gone,
        };
    }
}

/// <summary>A mention.</summary>
/// <param name="User">whom: a user, or <see cref="Mentions.All"/></param>
/// <param name="Sender">of the message; no user where an edit made the mention</param>
/// <param name="Seq">of the entry that made it</param>
internal readonly record struct MentionMark(UserId User, UserId Sender, long Seq);
